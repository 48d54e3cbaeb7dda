package dev.mehari.eip.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The breakers of one {@code circuitBreaker} step, one for each upstream that is called; all are in the registry too. */
final class StepBreakers {
    /** More upstreams than anyone has; beyond it those whose breakers know nothing bad are forgotten. */
    private static final int MAX = 10_000;

    private final String step;
    private final CircuitBreakerRegistry registry;
    private final CircuitBreakerConfig config;
    private final OpenBreakers open;
    private final Map<String, CircuitBreaker> byUpstream = new ConcurrentHashMap<>();
    private int users = 1;

    StepBreakers(String step, CircuitBreakerRegistry registry, CircuitBreakerConfig config, OpenBreakers open) {
        this.step = step;
        this.registry = registry;
        this.config = config;
        this.open = open;
    }

    /** One more uses these, if they are what it would make; both in one lock of the owner's. */
    boolean join(String other, CircuitBreakerRegistry otherRegistry, CircuitBreakerConfig settings) {
        if (!step.equals(other) || registry != otherRegistry || !SameSettings.of(config, settings)) {
            return false;
        }
        users++;
        return true;
    }

    /** One less uses these; true when nobody does any more. */
    boolean leave() {
        users--;
        return users == 0;
    }

    /** The one before {@code upstream}, made when it is asked for first. */
    CircuitBreaker before(String upstream) {
        CircuitBreaker known = byUpstream.get(upstream);
        if (known != null) {
            return known;
        }
        if (byUpstream.size() >= MAX) {
            forget(this::isClosed);
        }
        return byUpstream.computeIfAbsent(upstream, name -> make(step + ":" + name));
    }

    /** One of other settings belongs to the step as it was; what it knows is not known by these settings. */
    private CircuitBreaker make(String name) {
        CircuitBreaker old = registry.find(name)
                .filter(found -> !SameSettings.of(found.getCircuitBreakerConfig(), config))
                .orElse(null);
        if (old != null) {
            registry.remove(name);
        }
        CircuitBreaker made = registry.circuitBreaker(name, config);
        if (old != null && old.getState() == CircuitBreaker.State.FORCED_OPEN) {
            made.transitionToForcedOpenState();
        }
        return made;
    }

    private boolean isClosed(String upstream) {
        CircuitBreaker breaker = byUpstream.get(upstream);
        return breaker != null && breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    @Nullable
    CircuitBreaker known(String upstream) {
        return byUpstream.get(upstream);
    }

    Collection<String> upstreams() {
        return List.copyOf(byUpstream.keySet());
    }

    void forget(Predicate<String> upstreams) {
        for (String name : upstreams()) {
            if (upstreams.test(name)) {
                CircuitBreaker breaker = byUpstream.remove(name);
                if (breaker != null && registry.find(breaker.getName()).orElse(null) == breaker) {
                    open.forget(breaker);
                    registry.remove(breaker.getName());
                }
            }
        }
    }
}
