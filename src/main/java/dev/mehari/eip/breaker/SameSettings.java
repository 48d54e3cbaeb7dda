package dev.mehari.eip.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.util.List;

/** Whether two settings of a breaker, which know no equality, say the same. What may differ unseen is which exceptions count. */
final class SameSettings {
    private SameSettings() {}

    static boolean of(CircuitBreakerConfig one, CircuitBreakerConfig other) {
        return one == other || numbers(one).equals(numbers(other));
    }

    private static List<Object> numbers(CircuitBreakerConfig config) {
        return List.of(
                config.getSlidingWindowType(),
                config.getSlidingWindowSize(),
                config.getMinimumNumberOfCalls(),
                config.getFailureRateThreshold(),
                config.getSlowCallRateThreshold(),
                config.getSlowCallDurationThreshold(),
                config.getPermittedNumberOfCallsInHalfOpenState(),
                config.getWaitIntervalFunctionInOpenState().apply(1),
                config.isAutomaticTransitionFromOpenToHalfOpenEnabled(),
                config.isWritableStackTraceEnabled());
    }
}
