package dev.mehari.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A meter for each upstream's circuit breaker, there for as long as the breaker is. */
public final class BreakerMeters {
    private static final Map<String, Integer> VALUES = Map.of("closed", 0, "half_open", 1, "open", 2, "forced_open", 3);

    private final MeterRegistry registry;
    private final BreakerView breakers;
    private final Map<String, Meter> meters = new ConcurrentHashMap<>();

    public BreakerMeters(MeterRegistry registry, BreakerView breakers) {
        this.registry = registry;
        this.breakers = breakers;
    }

    /** There is a breaker before {@code upstream} from now on. */
    public void added(String upstream) {
        meters.computeIfAbsent(
                upstream,
                name -> Gauge.builder(
                                "mehari.breaker.state",
                                breakers,
                                view -> VALUES.getOrDefault(view.states().getOrDefault(name, "closed"), 0))
                        .description(
                                "State of an upstream's circuit breaker: 0 closed, 1 half open, 2 open, 3 forced open")
                        .tag("upstream", name)
                        .strongReference(true)
                        .register(registry));
    }

    /** There is none any more. */
    public void removed(String upstream) {
        Meter meter = meters.remove(upstream);
        if (meter != null) {
            registry.remove(meter);
        }
    }
}
