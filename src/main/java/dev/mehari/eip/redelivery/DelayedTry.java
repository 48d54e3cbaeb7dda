package dev.mehari.eip.redelivery;

import dev.mehari.exchange.Call;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call that waits for its next try, or for its client to leave, whichever comes first; then goes on, once, on its loop. */
final class DelayedTry implements Runnable {
    private final Call call;
    private final Runnable next;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Runnable left = this::clientLeft;
    private volatile @Nullable ScheduledFuture<?> timer;

    DelayedTry(Call call, Runnable next) {
        this.call = call;
        this.next = next;
    }

    ScheduledFuture<?> start(long delay, TimeUnit unit) {
        // Before the timer: when that has fired, it is the next try that says what to do should the client leave.
        call.onClientGone(left);
        ScheduledFuture<?> started;
        try {
            started = call.executor().schedule(this, delay, unit);
        } catch (RejectedExecutionException stopping) {
            over.set(true);
            call.clearClientGone(left);
            throw stopping;
        }
        timer = started;
        if (over.get()) {
            started.cancel(false);
        }
        return started;
    }

    /** The time is over, or the client has left. */
    @Override
    public void run() {
        if (over.compareAndSet(false, true)) {
            ScheduledFuture<?> waiting = timer;
            if (waiting != null) {
                waiting.cancel(false);
            }
            call.clearClientGone(left);
            next.run();
        }
    }

    // Not at once: whoever says that the client has left is in the middle of something.
    private void clientLeft() {
        try {
            call.executor().execute(this);
        } catch (RejectedExecutionException stopping) {
            run();
        }
    }
}
