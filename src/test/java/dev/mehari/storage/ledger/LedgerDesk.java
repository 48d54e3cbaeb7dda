package dev.mehari.storage.ledger;

import dev.mehari.config.LimitsConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.MemoryLedger;
import dev.mehari.storage.Database;
import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keys, ledgers and questions for tests of the ledger, on one database. */
final class LedgerDesk {
    static final Duration LEASE = Duration.ofSeconds(30);

    private final TestDatabase database;

    LedgerDesk(TestDatabase database) {
        this.database = database;
    }

    Database database() {
        return database.database();
    }

    /** Every decision is logged. */
    PostgresLedger ledger(Duration lease, Duration outage) throws StorageUnavailable {
        return ledger(lease, outage, System::nanoTime);
    }

    PostgresLedger ledger(LongSupplier nanos) throws StorageUnavailable {
        return ledger(LEASE, Duration.ofSeconds(30), nanos);
    }

    /** Of another instance than that of {@link #database}. */
    PostgresLedger ledgerOn(Database instance, Duration lease) throws StorageUnavailable {
        return ledger(instance, lease, Duration.ofSeconds(30), System::nanoTime);
    }

    private PostgresLedger ledger(Duration lease, Duration outage, LongSupplier nanos) throws StorageUnavailable {
        return ledger(database.database(), lease, outage, nanos);
    }

    private static PostgresLedger ledger(Database instance, Duration lease, Duration outage, LongSupplier nanos)
            throws StorageUnavailable {
        LimitsConfig config = new LimitsConfig(LimitsConfig.Ledger.CLUSTER, lease, outage, true);
        return PostgresLedger.open(instance, config, new MemoryLedger(Clock.systemUTC()), nanos);
    }

    PostgresLedger ledger() throws StorageUnavailable {
        return ledger(LEASE, Duration.ofSeconds(30));
    }

    /** A key whose columns of limits are set as in an SQL update: {@code "concurrency = 5, requests = 10"}. */
    LimitedKey key(String limits) throws SQLException {
        String unique = UUID.randomUUID().toString();
        long id = number("insert into api_key (name, prefix, key_hash, priority) values ('" + unique
                + "', 'mh_test', encode(sha256('" + unique + "'), 'hex'), 5) returning id");
        database.execute("update api_key set " + limits + " where id = " + id);
        return new LimitedKey(id, KeyLimits.NONE);
    }

    /** The same with limits known to instances, too. */
    LimitedKey key(int concurrency) throws SQLException {
        return new LimitedKey(key("concurrency = " + concurrency).id(), KeyLimits.ofConcurrency(concurrency));
    }

    static CompletableFuture<LimitDecision> ask(PostgresLedger ledger, LimitedKey key) {
        return ask(ledger, key, Charge.NONE, () -> {});
    }

    static CompletableFuture<LimitDecision> ask(PostgresLedger ledger, LimitedKey key, Charge estimate, Runnable lost) {
        CompletableFuture<LimitDecision> decision = new CompletableFuture<>();
        ledger.acquire(new LimitRequest(key, estimate, lost), decision::complete);
        return decision;
    }

    static LimitDecision decision(CompletableFuture<LimitDecision> asked) throws Exception {
        return asked.get(10, TimeUnit.SECONDS);
    }

    static Lease granted(CompletableFuture<LimitDecision> asked) throws Exception {
        return ((LimitDecision.Granted) decision(asked)).lease();
    }

    static LimitDecision.Refused refused(CompletableFuture<LimitDecision> asked) throws Exception {
        return (LimitDecision.Refused) decision(asked);
    }

    long leases(LimitedKey key) throws SQLException {
        return number("select coalesce(sum(calls), 0) from lease where key_id = " + key.id());
    }

    /** Keys whose leases are not as many as {@code limit_state} says they are. */
    long miscounted() throws SQLException {
        return number("select count(*) from limit_state s where s.leases_until > clock_timestamp()"
                + " and s.leases <> (select coalesce(sum(calls), 0) from lease l where l.key_id = s.key_id)");
    }

    long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Cuts the connections of all ledgers on this server. */
    void cutLedgers() throws SQLException {
        number(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'mehari-ledger'");
    }
}
