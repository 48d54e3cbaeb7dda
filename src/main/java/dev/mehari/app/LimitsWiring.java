package dev.mehari.app;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.ChargeEstimate;
import dev.mehari.limits.CounterSaver;
import dev.mehari.limits.KeyQueues;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.limits.LimitCounts;
import dev.mehari.limits.LimitKey;
import dev.mehari.limits.LimitLedger;
import dev.mehari.limits.MemoryLedger;
import dev.mehari.storage.Database;
import dev.mehari.storage.LimitStateTable;
import dev.mehari.telemetry.LimitMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what holds keys to their limits. */
final class LimitsWiring implements AutoCloseable {
    private final LimitLedger ledger;
    private final LedgerOffice office;
    private final KeyQueues queues = new KeyQueues();
    private final LimitCounts counts = new LimitCounts();
    private final ChargeEstimate estimate;
    private final @Nullable CounterSaver saver;

    /** With account kept in memory, and saved. */
    LimitsWiring(Database database, ChargeEstimate estimate) {
        MemoryLedger memory = new MemoryLedger(Clock.systemUTC());
        ledger = memory;
        office = memory;
        saver = new CounterSaver(memory, new LimitStateTable(database), database.threads());
        this.estimate = estimate;
    }

    /** With account kept by {@code ledger}, which is closed together with this. */
    LimitsWiring(LimitLedger ledger, LedgerOffice office, ChargeEstimate estimate) {
        this.ledger = ledger;
        this.office = office;
        saver = null;
        this.estimate = estimate;
    }

    void bindTo(Main main, MeterRegistry meters) {
        main.bind("limitKey", new LimitKey(ledger, estimate, queues, counts, Clock.systemUTC(), System::nanoTime));
        new LimitMeters(counts, queues).bindTo(meters);
    }

    LedgerOffice office() {
        return office;
    }

    KeyQueues queues() {
        return queues;
    }

    /** Goes on from what was used before. Blocks. */
    void start(ScheduledExecutorService timer) throws StorageUnavailable {
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
