package dev.mehari.eip.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows for how long open circuit breakers will stay open, for {@code Retry-After}. Breakers are known by their name. May be used from any thread.
 *
 * <p>resilience4j tells of its transitions only by events, and one listener makes it create an event for every call; so the
 * calls themselves note what they see. A breaker opened by hand is noted when it refuses its first call.
 */
public final class OpenBreakers {
    private final LongSupplier nanos;
    private final Map<String, Opening> openings = new ConcurrentHashMap<>();
    /** Half-open periods in which a trial is under way, by the breaker's name. */
    private final Map<String, CircuitBreaker.Metrics> trials = new ConcurrentHashMap<>();

    /** @param nanos monotonic time in nanoseconds */
    public OpenBreakers(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Time until the breaker lets a trial call through; zero when it is not known to be open or the time has passed. */
    public Duration retryAfter(String breakerName) {
        Opening opening = openings.get(breakerName);
        if (opening == null || !opening.isCurrent()) {
            return Duration.ZERO;
        }
        long wait = opening.untilNanos() - nanos.getAsLong();
        return wait <= 0 ? Duration.ZERO : Duration.ofNanos(wait);
    }

    /** A call was let through in {@code period}. */
    void began(CircuitBreaker breaker, CircuitBreaker.Metrics period) {
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            trials.put(breaker.getName(), period);
        }
    }

    /** A call that was let through in {@code period} is over. */
    void ended(CircuitBreaker breaker, CircuitBreaker.Metrics period) {
        trials.remove(breaker.getName(), period);
    }

    /** True while {@code breaker} is half open and a trial is under way. */
    boolean isTried(CircuitBreaker breaker) {
        return trials.get(breaker.getName()) == breaker.getMetrics();
    }

    void note(CircuitBreaker breaker) {
        if (breaker.getState() != CircuitBreaker.State.OPEN) {
            return;
        }
        Opening known = openings.get(breaker.getName());
        if (known == null || known.breaker() != breaker || !known.isCurrent()) {
            long waitMillis = breaker.getCircuitBreakerConfig()
                    .getWaitIntervalFunctionInOpenState()
                    .apply(1);
            long until = nanos.getAsLong() + Duration.ofMillis(waitMillis).toNanos();
            openings.put(breaker.getName(), new Opening(breaker, breaker.getMetrics(), until));
        }
    }

    void forget(@Nullable CircuitBreaker breaker) {
        if (breaker != null) {
            openings.remove(breaker.getName());
            trials.remove(breaker.getName());
        }
    }

    /** One time of being open; its metrics object is the breaker's only while it lasts. */
    private record Opening(CircuitBreaker breaker, CircuitBreaker.Metrics metrics, long untilNanos) {
        boolean isCurrent() {
            return breaker.getState() == CircuitBreaker.State.OPEN && breaker.getMetrics() == metrics;
        }
    }
}
