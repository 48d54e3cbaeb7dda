package dev.mehari.eip;

import dev.mehari.eip.breaker.BreakerReifier;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.eip.tap.CallTapReifier;
import dev.mehari.eip.throttle.KeptWindows;
import dev.mehari.eip.throttle.RollingThrottleReifier;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.camel.LineNumberAware;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Builds {@code circuitBreaker}, {@code throttle} and the {@code wireTap} of calls without blocking; everything else is Camel's. Bind one instance in the
 * registry: camel-main installs the single bean of type {@code ProcessorFactory}, and Camel asks it before its own reifiers
 * and before camel-resilience4j.
 */
public final class NonBlockingEips extends DefaultProcessorFactory {
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final UpstreamBreakers upstreams;
    private final KeptWindows windows = new KeptWindows();

    /**
     * @param timer fires timeouts and delayed exchanges that belong to no HTTP call; stays the owner's to shut down
     * @param nanos monotonic time in nanoseconds, such as {@link System#nanoTime}
     * @param upstreams keeps the breakers
     */
    public NonBlockingEips(ScheduledExecutorService timer, LongSupplier nanos, UpstreamBreakers upstreams) {
        this.timer = timer;
        this.nanos = nanos;
        this.upstreams = upstreams;
    }

    @Override
    public @Nullable Processor createProcessor(Route route, NamedNode definition) throws Exception {
        Processor processor;
        if (definition instanceof CircuitBreakerDefinition breaker) {
            processor = new BreakerReifier(route, breaker, timer, upstreams).createProcessor();
        } else if (definition instanceof ThrottleDefinition throttle) {
            processor = new RollingThrottleReifier(route, throttle, timer, nanos, windows).createProcessor();
        } else if (definition instanceof WireTapDefinition<?> tap && new CallTapReifier(route, tap).isOfCalls()) {
            processor = new CallTapReifier(route, tap).createProcessor();
        } else {
            return super.createProcessor(route, definition);
        }
        LineNumberAware.trySetLineNumberAware(processor, definition);
        return processor;
    }
}
