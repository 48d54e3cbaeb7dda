package dev.mehari.eip.breaker;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of an exchange whose call failed or was not made, and says so in the {@code CamelCircuitBreaker*}
 * properties, as camel-resilience4j does.
 *
 * <p>It differs in two places, where camel-resilience4j loses the failure: an exception that {@code recordExceptions} does
 * not name makes the exchange a success only if the steps threw it (there an open breaker or a timeout passes for a success
 * too, without the fallback), and the fallback finds the exception also when the breaker was open or the call timed out.
 *
 * @param hasFallback there are fallback steps
 * @param throwWhenNotPermitted without fallback, a call not permitted fails the exchange
 * @param recorded matches what counts as failure; null when everything does
 * @param ignored matches what counts as nothing; null when nothing does
 */
record Recovery(
        boolean hasFallback,
        boolean throwWhenNotPermitted,
        @Nullable Predicate<Throwable> recorded,
        @Nullable Predicate<Throwable> ignored) {

    /** How a call failed. */
    enum Origin {
        /** The steps threw. */
        STEPS,
        /** The steps were not run, or not waited for any longer. */
        BREAKER
    }

    /**
     * Marks the exchange; true when the fallback steps have to be run now.
     *
     * @param thrown what the breaker saw
     * @param cause what the steps threw, the same as {@code thrown} when they threw nothing
     */
    boolean apply(Exchange exchange, Throwable thrown, Throwable cause, Origin origin) {
        if (ignored != null && ignored.test(thrown)) {
            mark(exchange, false, false, false);
            exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED, true);
            exchange.setException(null);
            return false;
        }
        if (origin == Origin.STEPS && recorded != null && !recorded.test(thrown)) {
            mark(exchange, true, false, false);
            exchange.setException(null);
            return false;
        }
        if (hasFallback) {
            prepareFallback(exchange, cause);
            return true;
        }
        fail(exchange, thrown);
        return false;
    }

    private void fail(Exchange exchange, Throwable thrown) {
        boolean timedOut = thrown instanceof TimeoutException;
        mark(exchange, false, false, !timedOut);
        exchange.setProperty(
                timedOut
                        ? ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT
                        : ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED,
                true);
        if (throwWhenNotPermitted || !(thrown instanceof CallNotPermittedException)) {
            exchange.setException(thrown);
        }
    }

    private static void prepareFallback(Exchange exchange, Throwable cause) {
        mark(exchange, false, true, true);
        if (exchange.getProperty(ExchangePropertyKey.FAILURE_ENDPOINT) == null) {
            exchange.setProperty(
                    ExchangePropertyKey.FAILURE_ENDPOINT, exchange.getProperty(ExchangePropertyKey.TO_ENDPOINT));
        }
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_HANDLED, true);
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, cause);
        exchange.setRouteStop(false);
        exchange.setException(null);
        exchange.getExchangeExtension().setRedeliveryExhausted(false);
    }

    private static void mark(Exchange exchange, boolean successful, boolean fromFallback, boolean shortCircuited) {
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, successful);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, fromFallback);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, shortCircuited);
    }
}
