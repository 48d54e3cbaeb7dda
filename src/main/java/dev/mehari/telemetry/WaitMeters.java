package dev.mehari.telemetry;

import dev.mehari.admission.WaitObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long requests waited in the queue; those that did not have to are not among them. */
public final class WaitMeters implements WaitObserver {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60)
    };

    private final Timer admitted;
    private final Timer refused;

    public WaitMeters(MeterRegistry registry) {
        admitted = timer(registry, "admitted");
        refused = timer(registry, "refused");
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("mehari.admission.queue.wait")
                .description("Time in the queue of requests that had to wait")
                .tag("outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void waited(long nanos, boolean wasAdmitted) {
        (wasAdmitted ? admitted : refused).record(nanos, TimeUnit.NANOSECONDS);
    }
}
