package dev.mehari.app;

import dev.mehari.answer.FailureRow;
import dev.mehari.audit.AuditKey;
import dev.mehari.audit.AuditOutbox;
import dev.mehari.audit.AuditQueue;
import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.CallAudit;
import dev.mehari.audit.CallTap;
import dev.mehari.audit.ClientAddress;
import dev.mehari.audit.ConfirmEvents;
import dev.mehari.audit.EventColumns;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.EventSource;
import dev.mehari.audit.KeepEvents;
import dev.mehari.audit.LossColumns;
import dev.mehari.audit.SealEvents;
import dev.mehari.audit.proof.EventLines;
import dev.mehari.config.AuditConfig;
import dev.mehari.config.Configuration;
import dev.mehari.eip.jdbc.RouteStatements;
import dev.mehari.eip.seda.EventQueue;
import dev.mehari.exchange.Call;
import dev.mehari.relay.RefusedRequest;
import dev.mehari.storage.AuditChainTable;
import dev.mehari.storage.AuditExportTable;
import dev.mehari.storage.AuditFolder;
import dev.mehari.storage.Database;
import dev.mehari.storage.RefusedBatches;
import dev.mehari.storage.RouteDataSource;
import dev.mehari.storage.journal.StoredJournal;
import dev.mehari.telemetry.AuditMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what writes down what happened. */
final class AuditWiring implements AutoCloseable {
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(3);
    /** With a server that says nothing, not even that a statement is cancelled. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Time for statements that are given up, and for what goes to the journal behind them. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private static final Duration STOP_STEP = Duration.ofMillis(10);

    private final Database database;
    private final @Nullable CallAudit calls;
    private final @Nullable AuditOutbox outbox;
    private final AuditSigner signer;

    /** Throws {@link dev.mehari.storage.StorageStartException} when the chain of this start cannot begin. */
    AuditWiring(
            Configuration configuration,
            Database database,
            MeterRegistry registry,
            WarmUp warmUp,
            SecureRandom random) {
        this.database = database;
        AuditConfig config = configuration.audit();
        AuditFolder folder = new AuditFolder(configuration.data().dir());
        AuditKey key = folder.key(config.key(), random);
        signer = key;
        if (!config.enabled()) {
            calls = null;
            outbox = null;
            return;
        }
        calls = new CallAudit(
                new ClientAddress(config.client(), config.trustedProxies()), warmUp::isOurs, Clock.systemUTC());
        StoredJournal journal = folder.openJournal(config.journal(), System::nanoTime);
        AuditChainTable.Begun begun = new AuditChainTable(database, folder).begin(UUID.randomUUID(), key, journal);
        outbox = new AuditOutbox(
                new AuditQueue(config.queue(), config.batch()),
                new EventSeal(begun.chain(), begun.links(), key, Clock.systemUTC()),
                journal,
                new RefusedBatches(configuration.data().dir()),
                Clock.systemUTC(),
                System::nanoTime,
                config.batchWait(),
                config.retry());
        new AuditMeters(registry).follow(new AuditState(outbox, journal));
    }

    void bindTo(Main main) {
        CallTap tap = calls == null ? (exchange, call) -> null : calls;
        EventSource source = outbox == null ? EventSource.NONE : outbox;
        main.bind("callAudit", tap);
        main.bind("auditQueue", new EventQueue(source));
        main.bind("database", new RouteDataSource(database, PATIENCE));
        main.bind("routeStatements", new RouteStatements(STATEMENT_TIMEOUT));
        main.bind("sealEvents", outbox == null ? nothing() : new SealEvents(outbox));
        main.bind("keepEvents", outbox == null ? nothing() : new KeepEvents(outbox));
        main.bind("confirmEvents", outbox == null ? nothing() : new ConfirmEvents(outbox));
        main.bind("eventColumns", new EventColumns());
        main.bind("lossColumns", new LossColumns(signer));
        main.bind("eventLines", new EventLines(new AuditExportTable(database), signer));
    }

    /** What this instance signs with. */
    AuditSigner signer() {
        return signer;
    }

    /** Of a route to which nothing comes. */
    private static Processor nothing() {
        return exchange -> {};
    }

    /** A request that no route sees; {@code call} is about to be answered. */
    void refused(Call call, RefusedRequest request, FailureRow row) {
        CallAudit audited = calls;
        AuditOutbox events = outbox;
        if (audited != null && events != null) {
            call.onEnd(() -> events.offer(audited.refused(
                    call,
                    request.id(),
                    request.method(),
                    request.path(),
                    request.forwardedFor(),
                    request.dialect(),
                    row)));
        }
    }

    /** What an operator should look at; null when there is nothing. */
    @Nullable
    String trouble() {
        return outbox == null ? null : outbox.trouble();
    }

    /**
     * No call comes any more: what is left in memory is written at once. Blocks until it is, within bounds; what is left then, goes to
     * the journal at the end.
     */
    void emptyQueue() {
        if (outbox == null) {
            return;
        }
        outbox.stopping();
        long end = System.nanoTime() + STOP_PATIENCE.toNanos();
        while (outbox.waiting() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(STOP_STEP.toNanos());
        }
    }

    @Override
    public void close() throws IOException {
        if (outbox != null) {
            outbox.close();
        }
    }
}
