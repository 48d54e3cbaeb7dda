package dev.mehari.app;

import dev.mehari.config.Configuration;
import dev.mehari.config.LimitsConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.ChargeEstimate;
import dev.mehari.limits.CounterSaver;
import dev.mehari.limits.KeyQueues;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.limits.LimitCounts;
import dev.mehari.limits.LimitKey;
import dev.mehari.limits.LimitLedger;
import dev.mehari.limits.MemoryLedger;
import dev.mehari.storage.ChangeListener;
import dev.mehari.storage.Database;
import dev.mehari.storage.LimitStateTable;
import dev.mehari.storage.ledger.LedgerStats;
import dev.mehari.storage.ledger.PostgresLedger;
import dev.mehari.storage.ledger.PostgresLedgerOffice;
import dev.mehari.telemetry.LedgerMeters;
import dev.mehari.telemetry.LedgerView;
import dev.mehari.telemetry.LimitMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what holds keys to their limits: with account kept in memory, and saved, or by the database for all instances. */
final class LimitsWiring implements AutoCloseable {
    private final LimitLedger ledger;
    private final LedgerOffice office;
    private final KeyQueues queues = new KeyQueues();
    private final LimitCounts counts = new LimitCounts();
    private final ChargeEstimate estimate;
    private final @Nullable CounterSaver saver;
    private final @Nullable PostgresLedger shared;

    LimitsWiring(Configuration configuration, Database database, ChargeEstimate estimate) throws StorageUnavailable {
        this.estimate = estimate;
        MemoryLedger memory = new MemoryLedger(Clock.systemUTC());
        LimitsConfig limits = configuration.limits();
        if (limits.isCluster(configuration.data())) {
            shared = PostgresLedger.open(database, limits, memory, System::nanoTime);
            ledger = shared;
            office = new PostgresLedgerOffice(database, limits.decisionLog());
            saver = null;
        } else {
            shared = null;
            ledger = memory;
            office = memory;
            saver = new CounterSaver(memory, new LimitStateTable(database), database.threads());
        }
    }

    void bindTo(Main main, MeterRegistry meters) {
        main.bind("limitKey", new LimitKey(ledger, estimate, queues, counts, Clock.systemUTC(), System::nanoTime));
        new LimitMeters(counts, queues).bindTo(meters);
        if (shared != null) {
            LedgerMeters ledgerMeters = new LedgerMeters(meters);
            ledgerMeters.follow(LimitsWiring::view, shared);
            shared.tell(ledgerMeters);
        }
    }

    private static LedgerView view(PostgresLedger ledger) {
        LedgerStats stats = ledger.stats();
        return new LedgerView(
                stats.acquiresWaiting(),
                stats.batches(),
                stats.decisions() - stats.drawn(),
                stats.drawn(),
                stats.alone(),
                stats.unavailable(),
                stats.awayMillis(),
                stats.adopted(),
                stats.lost());
    }

    LedgerOffice office() {
        return office;
    }

    KeyQueues queues() {
        return queues;
    }

    /** Before {@code listener} starts. Goes on from what was used before. Blocks. */
    void start(ChangeListener listener, ScheduledExecutorService timer) throws StorageUnavailable {
        if (shared != null) {
            PostgresLedger.follow(listener, shared);
        }
        if (saver != null) {
            saver.start(timer);
        }
    }

    /** Once all calls are over. Blocks. */
    @Override
    public void close() {
        if (saver == null) {
            ledger.close();
        } else {
            saver.close();
        }
    }
}
