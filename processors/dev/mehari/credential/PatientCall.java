package dev.mehari.credential;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.Deadline;
import dev.mehari.failure.ClientGone;
import dev.mehari.upstream.Upstream;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The wait of one call in {@link TakeCredential}: ends served, out of time or without its client, once, on the call's executor. */
final class PatientCall {
    private final TakeCredential taker;
    private final Exchange exchange;
    private final Call call;
    private final AsyncCallback callback;
    private final Runnable leave = this::leave;
    private @Nullable WaitingCall waiting;
    private @Nullable Future<?> deadline;

    PatientCall(TakeCredential taker, Exchange exchange, Call call, AsyncCallback callback) {
        this.taker = taker;
        this.exchange = exchange;
        this.call = call;
        this.callback = callback;
    }

    void start(
            List<Upstream> candidates, @Nullable String model, @Nullable Conversation conversation, AttemptLog tried) {
        WaitingCall mine =
                new WaitingCall(candidates, model, conversation, tried, taking -> onExecutor(() -> served(taking)));
        waiting = mine;
        onExecutor(() -> enter(mine));
    }

    private void enter(WaitingCall mine) {
        try {
            deadline = call.executor().schedule(() -> expire(mine), mayWaitNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            expire(mine);
            return;
        }
        call.onClientGone(leave);
        if (!taker.pool().waiting().enter(mine)) {
            expire(mine);
        }
    }

    private long mayWaitNanos() {
        return Deadline.atMost(taker.patience(), exchange, taker.pool().nanoTime())
                .toNanos();
    }

    private void served(Taking taking) {
        stop();
        if (call.isClientGone()) {
            if (taking instanceof Taking.Taken taken) {
                taken.attempt().end();
            }
            exchange.setException(new ClientGone());
        } else {
            taker.conclude(exchange, taking);
        }
        callback.done(false);
    }

    private void expire(WaitingCall mine) {
        if (mine.end()) {
            taker.pool().waiting().leave(mine);
            stop();
            taker.conclude(exchange, Taking.Busy.INSTANCE);
            callback.done(false);
        }
    }

    private void leave() {
        WaitingCall mine = waiting;
        if (mine != null && mine.end()) {
            taker.pool().waiting().leave(mine);
            onExecutor(() -> {
                stop();
                exchange.setException(new ClientGone());
                callback.done(false);
            });
        }
    }

    private void stop() {
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        call.clearClientGone(leave);
    }

    private void onExecutor(Runnable next) {
        try {
            call.executor().execute(next);
        } catch (RejectedExecutionException stopping) {
            next.run();
        }
    }
}
