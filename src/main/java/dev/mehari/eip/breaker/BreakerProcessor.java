package dev.mehari.eip.breaker;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * The {@code circuitBreaker} step without a held thread. Inherits life cycle, registries and MBean of camel-resilience4j's
 * processor and replaces the way an exchange goes through it.
 *
 * <p>Each upstream has a breaker of its own (see {@link UpstreamBreakers}), unless the step is given one by name; the MBean is
 * about the step's own. Order, as there: permission of the breaker, place in the bulkhead, the steps on a copy of the exchange, outcome
 * reported, then the answer or the fallback. A timeout runs from the start of the steps to their end; a live stream that they
 * answer with may take longer. The callback is called on the thread that finishes the steps or, after a timeout, on the
 * call's event loop or a pool thread.
 */
@ManagedResource(description = "Managed Circuit Breaker Processor")
final class BreakerProcessor extends ResilienceProcessor {
    private final BreakerSettings settings;
    private final AsyncProcessor steps;
    private final @Nullable AsyncProcessor fallback;
    private final Recovery recovery;
    private final UpstreamBreakers upstreams;
    private final OpenBreakers openBreakers;
    private final @Nullable StepsTimeout timeout;
    private @Nullable StepBreakers breakers;
    private @Nullable Bulkhead bulkhead;
    private @Nullable TimeLimiter timeLimiter;

    BreakerProcessor(
            BreakerSettings settings,
            Processor steps,
            @Nullable Processor fallback,
            Recovery recovery,
            UpstreamBreakers upstreams,
            @Nullable StepsTimeout timeout) {
        super(
                settings.breaker(),
                settings.bulkhead(),
                settings.timeLimiter(),
                steps,
                fallback,
                recovery.throwWhenNotPermitted(),
                recovery.recorded(),
                recovery.ignored());
        this.settings = settings;
        this.steps = AsyncProcessorConverterHelper.convert(steps);
        this.fallback = fallback == null ? null : AsyncProcessorConverterHelper.convert(fallback);
        this.recovery = recovery;
        this.upstreams = upstreams;
        this.openBreakers = upstreams.open();
        this.timeout = timeout;
    }

    @Override
    protected void doStart() throws Exception {
        upstreams.started(getId());
        super.doStart();
        ServiceHelper.startService(fallback);
        if (settings.perUpstream()) {
            breakers = upstreams.begin(getId(), getCircuitBreakerRegistry(), settings.breaker());
        }
        if (settings.bulkhead() != null) {
            bulkhead = getBulkheadRegistry().bulkhead(getId());
        }
        if (settings.timeLimiter() != null) {
            timeLimiter = getTimeLimiterRegistry().timeLimiter(getId());
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (breakers != null) {
            upstreams.end(breakers);
            breakers = null;
        }
        if (upstreams.stopped(getId())) {
            openBreakers.forget(getCircuitBreaker());
        } else {
            // The step runs in the route's next version, too; stopping this one is not to take what is that one's as
            // well.
            setCircuitBreakerRegistry(CircuitBreakerRegistry.ofDefaults());
            setBulkheadRegistry(BulkheadRegistry.ofDefaults());
            setTimeLimiterRegistry(TimeLimiterRegistry.ofDefaults());
        }
        ServiceHelper.stopService(fallback);
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CircuitBreaker breaker = breaker(exchange);
        if (breaker == null) {
            exchange.setException(new RejectedExecutionException("Circuit breaker " + getId() + " is stopped"));
            callback.done(true);
            return true;
        }
        Passage passage = new Passage(this, breaker, exchange, callback);
        exchange.setProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK, true);
        if (!breaker.tryAcquirePermission()) {
            openBreakers.note(breaker);
            return passage.refuse(CallNotPermittedException.createCallNotPermittedException(breaker));
        }
        if (bulkhead != null && !bulkhead.tryAcquirePermission()) {
            Throwable full = BulkheadFullException.createBulkheadFullException(bulkhead);
            new BreakerPermit(breaker, null, openBreakers).failed(exchange, full);
            return passage.refuse(full);
        }
        BreakerPermit permit = new BreakerPermit(breaker, bulkhead, openBreakers);
        if (timeout == null || timeLimiter == null) {
            return passage.run(steps, permit);
        }
        return new TimedPassage(passage, permit, timeout, timeLimiter).run(steps);
    }

    private @Nullable CircuitBreaker breaker(Exchange exchange) {
        StepBreakers each = breakers;
        String called = each == null ? null : upstreams.called(exchange);
        return each == null || called == null ? getCircuitBreaker() : each.before(called);
    }

    Recovery recovery() {
        return recovery;
    }

    @Nullable
    AsyncProcessor fallback() {
        return fallback;
    }
}
