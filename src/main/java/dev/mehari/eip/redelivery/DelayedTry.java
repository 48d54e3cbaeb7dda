package dev.mehari.eip.redelivery;

import dev.mehari.exchange.Call;
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
        ScheduledFuture<?> started = call.executor().schedule(this, delay, unit);
        timer = started;
        call.onClientGone(left);
        return started;
    }

    /** The time is over. */
    @Override
    public void run() {
        if (over.compareAndSet(false, true)) {
            call.clearClientGone(left);
            next.run();
        }
    }

    // Not at once: whoever says that the client has left is in the middle of something.
    private void clientLeft() {
        ScheduledFuture<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
        call.executor().execute(this);
    }
}
