package dev.mehari.credential;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call on an event loop of the test's, whose client leaves when the test says so. */
final class TurnCall implements Call {
    private final ScheduledExecutorService loop;
    private volatile @Nullable Runnable onGone;
    private volatile boolean isGone;
    private volatile long startedNanos;

    TurnCall(ScheduledExecutorService loop) {
        this.loop = loop;
    }

    /** When its request came. */
    TurnCall startedAt(long nanos) {
        startedNanos = nanos;
        return this;
    }

    void clientLeaves() throws Exception {
        isGone = true;
        Runnable action = onGone;
        if (action != null) {
            loop.submit(action).get();
        }
    }

    @Override
    public void onEnd(Runnable action) {}

    @Override
    public void onClientGone(Runnable action) {
        onGone = action;
        if (isGone) {
            action.run();
        }
    }

    @Override
    public void clearClientGone(Runnable action) {
        onGone = onGone == action ? null : onGone;
    }

    @Override
    public boolean isClientGone() {
        return isGone;
    }

    @Override
    public ScheduledExecutorService executor() {
        return loop;
    }

    @Override
    public void heartbeat() {}

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {}

    @Override
    public void breakOff(Throwable failure) {}

    @Override
    public CallRecord record() {
        return new CallRecord(startedNanos, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    }
}
