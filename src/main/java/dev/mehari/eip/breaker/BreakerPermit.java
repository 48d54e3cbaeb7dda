package dev.mehari.eip.breaker;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.MehariFailure;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * A breaker's permission for one call, given back exactly once: as a success, as an error, or as if the call had never been.
 * The last is for calls that say nothing about the upstream: the client left or was wrong itself, nobody wanted the
 * stream, or the gateway itself said no, as to a call whose time was over.
 *
 * <p>While the breaker is half open only the calls it let in as trials count. resilience4j would also count a stream that
 * began before the breaker opened, and would let in one trial more when that stream is given up. The metrics object tells
 * one half-open period from another, since each makes its own.
 */
final class BreakerPermit {
    private final CircuitBreaker breaker;
    private final @Nullable Bulkhead bulkhead;
    private final OpenBreakers openBreakers;
    private final CircuitBreaker.Metrics period;
    private final long startedAt;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** For a permission just acquired of {@code breaker}, and of {@code bulkhead} if there is one. */
    BreakerPermit(CircuitBreaker breaker, @Nullable Bulkhead bulkhead, OpenBreakers openBreakers) {
        this.breaker = breaker;
        this.bulkhead = bulkhead;
        this.openBreakers = openBreakers;
        this.period = breaker.getMetrics();
        this.startedAt = breaker.getCurrentTimestamp();
        openBreakers.began(breaker, period);
    }

    /** Settles for the answer in {@code exchange}; a live stream settles when it ends, with the time it took to begin. */
    void answered(Exchange exchange) {
        long took = breaker.getCurrentTimestamp() - startedAt;
        if (exchange.getMessage().getBody() instanceof StreamBody stream) {
            Call call = Call.of(exchange);
            boolean refusal = isRefusal(exchange.getMessage());
            stream.onEnd(end -> streamEnded(end, refusal, took, call));
        } else if (settle()) {
            breaker.onResult(took, breaker.getTimestampUnit(), exchange);
            openBreakers.note(breaker);
        }
    }

    /** Settles for a call that failed. */
    void failed(Exchange exchange, Throwable failure) {
        failed(breaker.getCurrentTimestamp() - startedAt, failure, Call.of(exchange));
    }

    /** @param refusal its status says that the client was wrong, whatever became of its body */
    private void streamEnded(StreamEnd end, boolean refusal, long took, @Nullable Call call) {
        if (end instanceof StreamEnd.Failed failed && !refusal) {
            failed(took, failed.cause(), call);
        } else if (end instanceof StreamEnd.Complete || end instanceof StreamEnd.Failed) {
            if (settle()) {
                breaker.onSuccess(took, breaker.getTimestampUnit());
                openBreakers.note(breaker);
            }
        } else {
            giveBack();
        }
    }

    private void failed(long took, Throwable failure, @Nullable Call call) {
        if ((call != null && call.isClientGone()) || isNotUpstreams(failure)) {
            giveBack();
        } else if (settle()) {
            breaker.onError(took, breaker.getTimestampUnit(), failure);
            openBreakers.note(breaker);
        }
    }

    private void giveBack() {
        if (settle()) {
            breaker.releasePermission();
        }
    }

    private boolean settle() {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        openBreakers.ended(breaker, period);
        if (bulkhead != null) {
            bulkhead.onComplete();
        }
        return breaker.getState() != CircuitBreaker.State.HALF_OPEN || breaker.getMetrics() == period;
    }

    private static boolean isRefusal(Message answer) {
        int status = answer.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
        return status >= 400 && status < 500;
    }

    private static boolean isNotUpstreams(Throwable failure) {
        for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
            if (cause instanceof MehariFailure known && known.source() != MehariFailure.Source.UPSTREAM) {
                return true;
            }
        }
        return false;
    }
}
