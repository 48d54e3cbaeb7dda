package dev.mehari.eip.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Gives each upstream circuit breakers of its own: one for each {@code circuitBreaker} step, with the settings of the step and
 * the name {@code <step id>:<upstream>}. Exchanges that call no upstream in particular share the step's own breaker, whose name
 * is the id alone. Any thread.
 */
public final class UpstreamBreakers {
    private final Function<Exchange, @Nullable String> called;
    private final OpenBreakers open;
    private final List<StepBreakers> steps = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> running = new HashMap<>();

    /**
     * What one breaker shows of itself.
     *
     * @param state resilience4j's name of it
     * @param retryAfter until it lets a trial call through; zero when it is not known to be open, or forced open
     * @param failureRate in percent of the calls in its window, negative while these are too few
     */
    public record Status(
            String upstream,
            State state,
            Duration retryAfter,
            int calls,
            int failures,
            int slowCalls,
            long notPermitted,
            float failureRate) {}

    /** @param called name of the upstream that an exchange calls; null for none in particular */
    public UpstreamBreakers(Function<Exchange, @Nullable String> called, OpenBreakers open) {
        this.called = called;
        this.open = open;
    }

    OpenBreakers open() {
        return open;
    }

    @Nullable
    String called(Exchange exchange) {
        return called.apply(exchange);
    }

    /**
     * The breakers of {@code step}. While a route is exchanged for its next version the step is there twice; with the same
     * settings both have the same breakers, so that what is known of an upstream is not lost.
     */
    synchronized StepBreakers begin(String step, CircuitBreakerRegistry registry, CircuitBreakerConfig config) {
        for (StepBreakers other : steps) {
            if (other.join(step, registry, config)) {
                return other;
            }
        }
        StepBreakers begun = new StepBreakers(step, registry, config, open);
        steps.add(begun);
        return begun;
    }

    synchronized void end(StepBreakers step) {
        if (step.leave()) {
            steps.remove(step);
            step.forget(upstream -> true);
        }
    }

    /** One more step of that id runs. */
    synchronized void started(String step) {
        running.merge(step, 1, Integer::sum);
    }

    /** One less runs; true when it was the last. */
    synchronized boolean stopped(String step) {
        return running.computeIfPresent(step, (id, count) -> count == 1 ? null : count - 1) == null;
    }

    /**
     * False while calls to {@code upstream} would be turned away: while a breaker before it is forced open, is open and its
     * wait is not over, or is half open with a trial under way. Of an upstream that was never called nothing bad is known.
     */
    public boolean lets(String upstream) {
        for (StepBreakers step : steps) {
            CircuitBreaker breaker = step.known(upstream);
            if (breaker != null && turnsAway(breaker)) {
                return false;
            }
        }
        return true;
    }

    private boolean turnsAway(CircuitBreaker breaker) {
        return switch (breaker.getState()) {
            case FORCED_OPEN -> true;
            case OPEN -> !open.retryAfter(breaker.getName()).isZero();
            case HALF_OPEN -> open.isTried(breaker);
            default -> false;
        };
    }

    /** Of each upstream that was called, by name; of several steps, the breaker that is the most closed to calls. */
    public List<Status> statuses() {
        Set<String> upstreams = new TreeSet<>();
        steps.forEach(step -> upstreams.addAll(step.upstreams()));
        List<Status> statuses = new ArrayList<>();
        for (String upstream : upstreams) {
            breakers(upstream, false).stream()
                    .max(Comparator.comparingInt(breaker -> severity(breaker.getState())))
                    .ifPresent(breaker -> statuses.add(status(upstream, breaker)));
        }
        return statuses;
    }

    private Status status(String upstream, CircuitBreaker breaker) {
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        return new Status(
                upstream,
                breaker.getState(),
                open.retryAfter(breaker.getName()),
                metrics.getNumberOfBufferedCalls(),
                metrics.getNumberOfFailedCalls(),
                metrics.getNumberOfSlowCalls(),
                metrics.getNumberOfNotPermittedCalls(),
                metrics.getFailureRate());
    }

    private static int severity(State state) {
        return switch (state) {
            case FORCED_OPEN -> 3;
            case OPEN -> 2;
            case HALF_OPEN -> 1;
            default -> 0;
        };
    }

    /** Turns all calls to {@code upstream} away until it is closed or reset. */
    public void forceOpen(String upstream) {
        each(upstream, CircuitBreaker::transitionToForcedOpenState);
    }

    /** Lets calls to {@code upstream} through, until it fails anew. */
    public void close(String upstream) {
        each(upstream, breaker -> {
            if (breaker.getState() != State.CLOSED) {
                breaker.transitionToClosedState();
            }
        });
    }

    /** Forgets all that is known of {@code upstream}, and lets calls through. */
    public void reset(String upstream) {
        each(upstream, CircuitBreaker::reset);
    }

    private void each(String upstream, Consumer<CircuitBreaker> action) {
        breakers(upstream, true).forEach(action);
    }

    private List<CircuitBreaker> breakers(String upstream, boolean make) {
        List<CircuitBreaker> found = new ArrayList<>();
        for (StepBreakers step : steps) {
            CircuitBreaker breaker = make ? step.before(upstream) : step.known(upstream);
            if (breaker != null) {
                found.add(breaker);
            }
        }
        return found;
    }

    /** Forgets the breakers of upstreams that are not among {@code upstreams}. */
    public void retain(Collection<String> upstreams) {
        Set<String> kept = Set.copyOf(upstreams);
        steps.forEach(step -> step.forget(name -> !kept.contains(name)));
    }
}
