package dev.mehari.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** Counts how often the files with the routes were read anew, and shows whether they are in force as they are. */
public final class RoutesMeters {
    private final MeterRegistry registry;

    /**
     * Meters that show from now on what they are given.
     *
     * @param version number of the version in force; 0 while there is none
     * @param problems number of problems that keep the files from being in force; 0 for none
     */
    public RoutesMeters(MeterRegistry registry, IntSupplier version, IntSupplier problems) {
        this.registry = registry;
        Gauge.builder("mehari.routes.version", version, IntSupplier::getAsInt)
                .description("Number of the version of the routes in force; each swap counts one on")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.routes.refused", problems, now -> now.getAsInt() > 0 ? 1 : 0)
                .description("1 while the files with the routes cannot be used as they are, else 0")
                .strongReference(true)
                .register(registry);
        for (String outcome : new String[] {"swapped", "refused"}) {
            var unused = counter(outcome);
        }
    }

    /**
     * Counts one.
     *
     * @param outcome one of few words
     */
    public void reloaded(String outcome) {
        counter(outcome).increment();
    }

    private Counter counter(String outcome) {
        return Counter.builder("mehari.routes.reloads")
                .description("Times that changed files with routes were read, by what came of it")
                .tag("outcome", outcome)
                .register(registry);
    }
}
