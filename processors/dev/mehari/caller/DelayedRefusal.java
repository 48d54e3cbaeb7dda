package dev.mehari.caller;

import dev.mehari.exchange.Call;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Refuses a call after a while, on a timer of its event loop; at once when its client leaves or the loop stops. */
final class DelayedRefusal {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Call call;
    private final Runnable refuse;

    private DelayedRefusal(Call call, Runnable refuse) {
        this.call = call;
        this.refuse = refuse;
    }

    /** Runs {@code refuse} exactly once. */
    static void after(Duration wait, Call call, Runnable refuse) {
        new DelayedRefusal(call, refuse).begin(wait);
    }

    private void begin(Duration wait) {
        try {
            Future<?> timer = call.executor().schedule(this::now, wait.toMillis(), TimeUnit.MILLISECONDS);
            call.onClientGone(() -> {
                timer.cancel(false);
                now();
            });
        } catch (RejectedExecutionException stopping) {
            now();
        }
    }

    private void now() {
        if (done.compareAndSet(false, true)) {
            refuse.run();
        }
    }
}
