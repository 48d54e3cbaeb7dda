/**
 * The {@code circuitBreaker} step: asks resilience4j for permission, runs its steps asynchronously and reports the outcome
 * when the answer, or its live stream, has ended. Clients that leave are not counted. Configuration, exchange properties,
 * exceptions and MBean are those of camel-resilience4j. Start reading at
 * {@link dev.mehari.eip.breaker.BreakerProcessor}.
 */
@NullMarked
package dev.mehari.eip.breaker;

import org.jspecify.annotations.NullMarked;
