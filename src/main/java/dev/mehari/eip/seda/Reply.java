package dev.mehari.eip.seda;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of one request-reply, and a completion hook of the copy that the consumer works on. It is settled
 * once, by whoever comes first: the consumer's result, or {@link #fail}. What comes later is ignored.
 *
 * <p>A caller that is still inside of {@code process} when the reply comes is told so by its return value; otherwise by
 * its callback.
 */
class Reply extends SynchronizationAdapter {
    private static final int CALLING = 0;
    private static final int WAITING = 1;
    private static final int SETTLED = 2;

    private final Exchange caller;
    private final AsyncCallback callback;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicInteger state = new AtomicInteger(CALLING);
    private volatile @Nullable Future<?> timer;

    Reply(Exchange caller, AsyncCallback callback) {
        this.caller = caller;
        this.callback = callback;
    }

    Exchange caller() {
        return caller;
    }

    /** Is cancelled when the reply is settled. */
    void timer(Future<?> timeout) {
        timer = timeout;
        if (claimed.get()) {
            timeout.cancel(false);
        }
    }

    @Override
    public final void onDone(Exchange response) {
        if (claim()) {
            ExchangeHelper.copyResults(caller, response);
            settle();
        }
    }

    /** Ends the wait with {@code failure}; false when it has ended already. */
    final boolean fail(Throwable failure) {
        if (!claim()) {
            return false;
        }
        caller.setException(failure);
        settle();
        return true;
    }

    /** To be returned by {@code process}; nothing may be done to the caller's exchange before it. */
    final boolean leaveProcess() {
        if (state.compareAndSet(CALLING, WAITING)) {
            return false;
        }
        callback.done(true);
        return true;
    }

    /** The consumer's route ends this leg; its completion is not to travel on with what that route sends elsewhere. */
    @Override
    public final boolean allowHandover() {
        return false;
    }

    /** The wait has ended; called once. */
    void settled() {}

    private boolean claim() {
        if (!claimed.compareAndSet(false, true)) {
            return false;
        }
        Future<?> timeout = timer;
        if (timeout != null) {
            timeout.cancel(false);
        }
        settled();
        return true;
    }

    private void settle() {
        if (state.getAndSet(SETTLED) == WAITING) {
            callback.done(false);
        }
    }
}
