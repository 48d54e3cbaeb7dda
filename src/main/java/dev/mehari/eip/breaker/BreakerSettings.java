package dev.mehari.eip.breaker;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import org.jspecify.annotations.Nullable;

/**
 * What one breaker is made of.
 *
 * @param bulkhead null without a bulkhead
 * @param timeLimiter null without a timeout
 * @param perUpstream each upstream has a breaker of its own; not so where the step is given a breaker
 */
record BreakerSettings(
        CircuitBreakerConfig breaker,
        @Nullable BulkheadConfig bulkhead,
        @Nullable TimeLimiterConfig timeLimiter,
        boolean perUpstream) {}
