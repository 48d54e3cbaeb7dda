package dev.mehari.telemetry;

import dev.mehari.limits.KeyQueues;
import dev.mehari.limits.LimitCounts;
import dev.mehari.limits.LimitOutcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Meters of keys' limits: of all keys together, since keys are without number. */
public final class LimitMeters {
    private final LimitCounts counts;
    private final KeyQueues queues;

    public LimitMeters(LimitCounts counts, KeyQueues queues) {
        this.counts = counts;
        this.queues = queues;
    }

    public void bindTo(MeterRegistry registry) {
        for (LimitOutcome outcome : LimitOutcome.values()) {
            FunctionCounter.builder("mehari.limits.decisions", counts, all -> all.of(outcome))
                    .description("Calls of keys with limits, by what was decided")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("mehari.limits.leases", counts, LimitCounts::held)
                .description("Leases held by calls of this instance")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.limits.waiting", queues, KeyQueues::waiting)
                .description("Calls that wait in their keys' queues")
                .strongReference(true)
                .register(registry);
    }
}
