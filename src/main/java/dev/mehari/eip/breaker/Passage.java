package dev.mehari.eip.breaker;

import dev.mehari.eip.breaker.Recovery.Origin;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on its way through a breaker. Each method that returns a boolean follows the contract of
 * {@link AsyncProcessor#process}: true when the exchange is done and the callback has been called with true.
 */
final class Passage {
    private final BreakerProcessor owner;
    private final CircuitBreaker breaker;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final @Nullable Object outerTryBlock;

    Passage(BreakerProcessor owner, CircuitBreaker breaker, Exchange exchange, AsyncCallback callback) {
        this.owner = owner;
        this.breaker = breaker;
        this.exchange = exchange;
        this.callback = callback;
        this.outerTryBlock = exchange.getProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK);
    }

    Exchange exchange() {
        return exchange;
    }

    boolean refuse(Throwable reason) {
        return recover(reason, reason, Origin.BREAKER, true);
    }

    boolean run(AsyncProcessor steps, BreakerPermit permit) {
        if (owner.fallback() == null) {
            return runInPlace(steps, permit);
        }
        StepsRun run = StepsRun.awaited(exchange);
        boolean sync = steps.process(run.copy(), doneSync -> {
            if (!doneSync) {
                finish(run, permit, false);
            }
        });
        return sync && finish(run, permit, true);
    }

    private boolean runInPlace(AsyncProcessor steps, BreakerPermit permit) {
        BorrowedExchange borrowed = new BorrowedExchange(exchange);
        boolean sync = steps.process(exchange, doneSync -> {
            if (!doneSync) {
                finish(borrowed, permit, false);
            }
        });
        return sync && finish(borrowed, permit, true);
    }

    private boolean finish(BorrowedExchange borrowed, BreakerPermit permit, boolean sync) {
        Exception failure = exchange.getException();
        if (failure == null) {
            return succeed(permit, sync);
        }
        borrowed.dropFailure();
        return fail(failure, permit, sync);
    }

    /** Goes on with what the steps did. */
    boolean finish(StepsRun run, BreakerPermit permit, boolean sync) {
        Exception failure = run.copy().getException();
        if (failure == null) {
            run.takeAnswer();
            return succeed(permit, sync);
        }
        run.dropFailure();
        return fail(failure, permit, sync);
    }

    private boolean fail(Exception failure, BreakerPermit permit, boolean sync) {
        Throwable thrown = RuntimeCamelException.wrapRuntimeException(failure);
        permit.failed(exchange, thrown);
        return recover(thrown, failure, Origin.STEPS, sync);
    }

    private boolean succeed(BreakerPermit permit, boolean sync) {
        permit.answered(exchange);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, true);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, false);
        exchange.setProperty(
                ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_STATE,
                breaker.getState().name());
        return leave(sync);
    }

    /** Goes on without an answer of the steps. */
    boolean recover(Throwable thrown, Throwable cause, Origin origin, boolean sync) {
        exchange.setProperty(
                ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_STATE,
                breaker.getState().name());
        AsyncProcessor fallback = owner.fallback();
        if (!owner.recovery().apply(exchange, thrown, cause, origin) || fallback == null) {
            return leave(sync);
        }
        boolean fallbackSync = fallback.process(exchange, doneSync -> {
            if (!doneSync) {
                leave(false);
            }
        });
        return fallbackSync && leave(sync);
    }

    private boolean leave(boolean sync) {
        if (outerTryBlock == null) {
            exchange.removeProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK);
        } else {
            exchange.setProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK, outerTryBlock);
        }
        callback.done(sync);
        return sync;
    }
}
