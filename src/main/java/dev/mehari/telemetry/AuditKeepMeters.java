package dev.mehari.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/** What the stored audit takes. */
public final class AuditKeepMeters {
    private final LongSupplier bytes;
    private final LongSupplier days;

    public AuditKeepMeters(LongSupplier bytes, LongSupplier days) {
        this.bytes = bytes;
        this.days = days;
    }

    /** Adds the meters; the registry holds on to this. */
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("mehari.audit.size", this, meters -> meters.bytes.getAsLong())
                .description("What the events of the audit take in the database, as of the last look")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.audit.days", this, meters -> meters.days.getAsLong())
                .description("Days whose events are in the database, tomorrow included")
                .strongReference(true)
                .register(registry);
    }
}
