package dev.mehari.eip.seda;

import dev.mehari.exchange.Call;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.component.seda.SedaEndpoint;

/** The request-replies under way, by the copy that the consumer works on. Any thread. */
final class PendingReplies {
    private final Map<Exchange, Reply> replies = new ConcurrentHashMap<>();
    private final SedaThreads threads;

    PendingReplies(SedaThreads threads) {
        this.threads = threads;
    }

    /** Awaits the end of {@code copy}, for {@code timeoutMillis} if that is above 0. */
    Reply await(SedaEndpoint endpoint, Exchange caller, Exchange copy, AsyncCallback callback, long timeoutMillis) {
        Reply reply = new Reply(caller, callback) {
            @Override
            void settled() {
                replies.remove(copy);
            }
        };
        replies.put(copy, reply);
        copy.getExchangeExtension().addOnCompletion(reply);
        if (timeoutMillis > 0) {
            // The caller's route goes on after a timeout: not on the timer's thread, which serves all of them.
            Runnable timeOut = () -> {
                endpoint.getQueue().remove(copy);
                reply.fail(new ExchangeTimedOutException(caller, timeoutMillis));
            };
            Call call = Call.of(caller);
            try {
                reply.timer(threads.timer()
                        .schedule(
                                () -> threads.executorOf(call).execute(timeOut), timeoutMillis, TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException e) {
                reply.fail(e);
            }
        }
        return reply;
    }

    /** True while somebody waits for the result of {@code copy}. */
    boolean isAwaited(Exchange copy) {
        return replies.containsKey(copy);
    }

    /** Tells the caller, if one still waits, that {@code copy} came to nothing. */
    void fail(Exchange copy, Throwable failure) {
        Reply reply = replies.get(copy);
        if (reply != null) {
            reply.fail(failure);
        }
    }

    /** Tells the callers of exchanges that were taken off a queue unprocessed. */
    void purged(List<Exchange> copies) {
        for (Exchange copy : copies) {
            fail(copy, new CamelExchangeException("Purged from the queue before it was processed", copy));
        }
    }

    void failAll() {
        replies.values().forEach(reply -> reply.fail(new RejectedExecutionException("the seda component is stopping")));
    }

    int size() {
        return replies.size();
    }
}
