package dev.mehari.telemetry;

import dev.mehari.probe.ProbeObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Counts what probes find; upstreams are few, so that each may have meters of its own. */
public final class ProbeMeters implements ProbeObserver {
    private final MeterRegistry registry;

    public ProbeMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void probed(String upstream, Outcome outcome) {
        Counter.builder("mehari.probes")
                .description("Health questions to upstreams, by what their answers said")
                .tag("upstream", upstream)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
