package dev.mehari.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Micrometer meters of admission, breaker and pool, listed in {@code docs/metrics.md}; read when scraped. */
public final class StateMeters implements MeterBinder {
    private final AdmissionView admission;
    private final BreakerView breaker;
    private final PoolView pool;

    public StateMeters(AdmissionView admission, BreakerView breaker, PoolView pool) {
        this.admission = admission;
        this.breaker = breaker;
        this.pool = pool;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("mehari.admission.permits.used", admission, AdmissionView::inUse)
                .description("Permits that are taken")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.admission.permits.max", admission, AdmissionView::maxConcurrent)
                .description("Permits that there are, proxy.max_concurrent")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.admission.waiting", admission, AdmissionView::waiting)
                .description("Requests in the queue")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.admission.queue.max", admission, AdmissionView::maxQueue)
                .description("Requests that may be in the queue, proxy.max_queue")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("mehari.admission.rejected", admission, AdmissionView::queueRejected)
                .description("Requests refused on arrival at the queue")
                .register(registry);
        FunctionCounter.builder("mehari.admission.timed.out", admission, AdmissionView::timedOut)
                .description("Requests refused after waiting for as long as they may")
                .register(registry);
        FunctionCounter.builder("mehari.admission.cancelled", admission, AdmissionView::cancelled)
                .description("Requests whose client left while they waited")
                .register(registry);
        Gauge.builder("mehari.breaker.open", breaker, b -> b.isOpen() ? 1 : 0)
                .description("1 while a circuit breaker turns calls away, else 0")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.breaker.consecutive.failures", breaker, BreakerView::consecutiveFailures)
                .description("Failures since the last success, of the upstream that has the most of them")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.pool.connections", pool, PoolView::busy)
                .description("Connections to upstreams")
                .tag("state", "busy")
                .strongReference(true)
                .register(registry);
        Gauge.builder("mehari.pool.connections", pool, PoolView::idle)
                .description("Connections to upstreams")
                .tag("state", "idle")
                .strongReference(true)
                .register(registry);
    }
}
