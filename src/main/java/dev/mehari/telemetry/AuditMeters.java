package dev.mehari.telemetry;

import dev.mehari.audit.DroppedEvents.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Micrometer meters of the audit, listed in {@code docs/metrics.md}. */
public final class AuditMeters {
    private final MeterRegistry registry;

    public AuditMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    public void follow(AuditView view) {
        counter("mehari.audit.events", view, AuditView::events, "Events of calls that were written");
        counter("mehari.audit.batches", view, AuditView::batches, "Batches in which events were written");
        for (Reason reason : Reason.values()) {
            FunctionCounter.builder("mehari.audit.dropped", view, one -> one.dropped(reason))
                    .tag("reason", reason.text())
                    .description("Events that never reach the table")
                    .register(registry);
        }
        gauge("mehari.audit.waiting", null, view, AuditView::waiting, "Events that wait in memory to be written");
        gauge(
                "mehari.audit.lag",
                "seconds",
                view,
                AuditView::lagSeconds,
                "Age of the oldest event that is not written");
        gauge("mehari.audit.journal", null, view, AuditView::journalEvents, "Events in the journal on disk");
        gauge("mehari.audit.journal.size", "bytes", view, AuditView::journalBytes, "Room that the journal takes");
    }

    private void counter(String name, AuditView view, ToDoubleFunction<AuditView> value, String description) {
        FunctionCounter.builder(name, view, value).description(description).register(registry);
    }

    private void gauge(
            String name, @Nullable String unit, AuditView view, ToDoubleFunction<AuditView> value, String description) {
        Gauge.builder(name, view, value)
                .description(description)
                .baseUnit(unit)
                .strongReference(true)
                .register(registry);
    }
}
