package dev.mehari.telemetry;

import dev.mehari.capture.CaptureCounts;
import dev.mehari.capture.CaptureCounts.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What becomes of captured bodies. */
public final class CaptureMeters {
    private final CaptureCounts counts;
    private final LongSupplier memory;
    private final LongSupplier stored;

    /**
     * Meters of captures.
     *
     * @param memory bytes that are taken
     * @param stored bytes in the database
     */
    public CaptureMeters(CaptureCounts counts, LongSupplier memory, LongSupplier stored) {
        this.counts = counts;
        this.memory = memory;
        this.stored = stored;
    }

    /** Adds the meters; the registry holds on to this. */
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("mehari.captures", counts, CaptureCounts::stored)
                .tag("outcome", "stored")
                .description("Calls whose bodies were to be kept")
                .register(registry);
        FunctionCounter.builder("mehari.captures", counts, CaptureCounts::dropped)
                .tag("outcome", "dropped")
                .description("Calls whose bodies were to be kept")
                .register(registry);
        for (Reason reason : Reason.values()) {
            FunctionCounter.builder("mehari.capture.dropped", counts, all -> all.dropped(reason))
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .description("Calls whose bodies were to be kept and are not")
                    .register(registry);
        }
        Gauge.builder("mehari.capture.memory", this, meters -> meters.memory.getAsLong())
                .description("Memory that captured bodies take until they are written")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.capture.size", this, meters -> meters.stored.getAsLong())
                .description("What captured bodies take in the database, as of the last look")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
    }
}
