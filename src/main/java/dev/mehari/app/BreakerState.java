package dev.mehari.app;

import dev.mehari.telemetry.BreakerView;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes' circuit breakers as telemetry wants to see them: open when one is. */
final class BreakerState implements BreakerView {
    private static final Logger LOG = LoggerFactory.getLogger(BreakerState.class);

    private final AtomicInteger failures = new AtomicInteger();
    private volatile CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

    /** Watches every breaker that is made in {@code registry}, from now on. */
    void follow(CircuitBreakerRegistry registry) {
        breakers = registry;
        registry.getEventPublisher()
                .onEntryAdded(added -> added.getAddedEntry()
                        .getEventPublisher()
                        .onStateTransition(event -> LOG.warn(
                                "Circuit breaker {} goes from {} to {}",
                                event.getCircuitBreakerName(),
                                event.getStateTransition().getFromState(),
                                event.getStateTransition().getToState()))
                        .onError(event -> failures.incrementAndGet())
                        .onSuccess(event -> {
                            if (failures.get() != 0) {
                                failures.set(0);
                            }
                        }));
    }

    @Override
    public boolean isOpen() {
        return breakers.getAllCircuitBreakers().stream()
                .anyMatch(breaker -> breaker.getState() == CircuitBreaker.State.OPEN
                        || breaker.getState() == CircuitBreaker.State.FORCED_OPEN);
    }

    @Override
    public int consecutiveFailures() {
        return failures.get();
    }
}
