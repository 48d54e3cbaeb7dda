package dev.mehari.app;

import dev.mehari.admin.ExportAudit;
import dev.mehari.admin.ShowAudit;
import dev.mehari.admin.ShowAuditKey;
import dev.mehari.admin.ShowAuditSums;
import dev.mehari.audit.AuditChores;
import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.RollUpQuery.Span;
import dev.mehari.config.AuditKeepConfig;
import dev.mehari.storage.AuditExportTable;
import dev.mehari.storage.AuditSearchTable;
import dev.mehari.storage.AuditUpkeepTable;
import dev.mehari.storage.Database;
import dev.mehari.telemetry.AuditKeepMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.camel.main.Main;

/** Builds what searches, exports, sums up and drops the audit. */
final class AuditViewWiring implements AutoCloseable {
    private static final Duration BETWEEN_CHORES = Duration.ofMinutes(5);
    /** So much at most of what a busy gateway writes is read by each search. */
    private static final Duration BETWEEN_COVERING = Duration.ofSeconds(10);

    private final AuditSearchTable search;
    private final AuditExportTable export;
    private final AuditChores chores;
    private final AuditSigner signer;

    /** @param events how long they are kept now */
    AuditViewWiring(AuditKeepConfig keep, Supplier<Duration> events, Database database, AuditSigner signer) {
        KeepPolicy policy = new KeepPolicy(
                keep.events(), keep.hours(), keep.days(), keep.maxSize().bytes());
        this.signer = signer;
        search = new AuditSearchTable(database);
        export = new AuditExportTable(database);
        chores = new AuditChores(
                new AuditUpkeepTable(database, signer),
                () -> policy.withEvents(events.get()),
                Clock.systemUTC(),
                BETWEEN_CHORES,
                BETWEEN_COVERING);
    }

    void bindTo(Main main, MeterRegistry registry) {
        main.bind("showAudit", new ShowAudit(search));
        main.bind("showAuditHours", new ShowAuditSums(search, Span.HOUR, Clock.systemUTC()));
        main.bind("showAuditDays", new ShowAuditSums(search, Span.DAY, Clock.systemUTC()));
        main.bind("showAuditKey", new ShowAuditKey(signer));
        main.bind("exportAudit", new ExportAudit(export));
        new AuditKeepMeters(() -> chores.size().bytes(), () -> chores.size().days()).bindTo(registry);
    }

    void start() {
        chores.start();
    }

    @Override
    public void close() {
        chores.close();
    }
}
