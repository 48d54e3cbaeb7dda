package dev.mehari.config;

import java.time.Duration;

/**
 * How keys are held to their limits.
 *
 * @param ledger who keeps account
 * @param lease how long a slot outlives the instance that held it; renewed every third of it
 * @param outage how long an instance decides alone while the database is away, before it refuses limited keys and calls
 *     itself not ready; zero for not at all
 * @param decisionLog true writes every decision of the cluster's ledger to the table {@code limit_decision}
 */
public record LimitsConfig(Ledger ledger, Duration lease, Duration outage, boolean decisionLog) {
    /** Who keeps account. */
    public enum Ledger {
        /** {@link #MEMORY} with the embedded database, {@link #CLUSTER} with a database of the user's. */
        AUTO,
        /** This instance alone, in memory. */
        MEMORY,
        /** The database, for all instances that share it. */
        CLUSTER
    }

    public static LimitsConfig from(Settings settings) {
        return new LimitsConfig(
                settings.oneOf(
                        "mehari.limits",
                        Ledger.class,
                        "auto",
                        "who keeps account of keys' limits: memory (this instance alone), cluster (PostgreSQL, exact"
                                + " across instances) or auto (cluster with a database of yours)"),
                settings.duration(
                        "mehari.limits.lease",
                        "30s",
                        Duration.ofSeconds(1),
                        "how long a slot outlives an instance that died holding it"),
                settings.duration(
                        "mehari.limits.outage",
                        "30s",
                        Duration.ZERO,
                        "how long limits are decided alone while the database is away; then unready"),
                settings.flag(
                        "mehari.limits.decision-log",
                        false,
                        "writes every decision of the cluster's ledger to a table, for debugging"));
    }

    /** True when the database keeps account. */
    public boolean isCluster(DataConfig data) {
        return ledger == Ledger.CLUSTER || (ledger == Ledger.AUTO && data.url() != null);
    }
}
