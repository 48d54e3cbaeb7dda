package dev.mehari.app;

import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.telemetry.BreakerMeters;
import dev.mehari.telemetry.BreakerView;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes' circuit breakers as telemetry wants to see them: open when one is. */
final class BreakerState implements BreakerView {
    private static final Logger LOG = LoggerFactory.getLogger(BreakerState.class);

    private final UpstreamBreakers upstreams;
    private final BreakerListener listener;
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private volatile CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

    BreakerState(UpstreamBreakers upstreams, BreakerListener listener) {
        this.upstreams = upstreams;
        this.listener = listener;
    }

    /** Watches every breaker that is made in {@code registry}, from now on. */
    void follow(CircuitBreakerRegistry registry, BreakerMeters meters) {
        breakers = registry;
        registry.getEventPublisher()
                .onEntryAdded(added -> added(added.getAddedEntry(), meters))
                .onEntryRemoved(removed -> {
                    String name = removed.getRemovedEntry().getName();
                    failures.remove(name);
                    meters.removed(upstream(name));
                });
    }

    private void added(CircuitBreaker breaker, BreakerMeters meters) {
        AtomicInteger inARow = new AtomicInteger();
        failures.put(breaker.getName(), inARow);
        if (isOfUpstream(breaker.getName())) {
            meters.added(upstream(breaker.getName()));
        }
        breaker.getEventPublisher()
                .onStateTransition(this::changed)
                .onError(event -> inARow.incrementAndGet())
                .onSuccess(event -> {
                    if (inARow.get() != 0) {
                        inARow.set(0);
                    }
                });
    }

    private void changed(CircuitBreakerOnStateTransitionEvent event) {
        String from = event.getStateTransition().getFromState().name();
        String to = event.getStateTransition().getToState().name();
        LOG.warn("Circuit breaker {} goes from {} to {}", event.getCircuitBreakerName(), from, to);
        if (isOfUpstream(event.getCircuitBreakerName())) {
            listener.changed(upstream(event.getCircuitBreakerName()), from, to);
        }
    }

    private static boolean isOfUpstream(String name) {
        return name.indexOf(':') >= 0;
    }

    private static String upstream(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    @Override
    public boolean isOpen() {
        return breakers.getAllCircuitBreakers().stream()
                .anyMatch(breaker -> breaker.getState() == CircuitBreaker.State.OPEN
                        || breaker.getState() == CircuitBreaker.State.FORCED_OPEN);
    }

    @Override
    public int consecutiveFailures() {
        return failures.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }

    @Override
    public Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        upstreams
                .statuses()
                .forEach(one -> states.put(one.upstream(), one.state().name().toLowerCase(Locale.ROOT)));
        return states;
    }
}
