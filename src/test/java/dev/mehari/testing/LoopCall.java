package dev.mehari.testing;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call on an event loop of the test's, which ends, or whose client leaves, when the test says so. */
public final class LoopCall implements Call {
    private final ScheduledExecutorService loop;
    private final List<Runnable> onEnd = new ArrayList<>();
    private final List<Runnable> beforeLastByte = new ArrayList<>();
    private @Nullable Runnable onGone;
    private final AtomicInteger heartbeats = new AtomicInteger();
    private boolean gone;
    private boolean ended;
    private volatile long startedNanos;
    private @Nullable Throwable brokenOff;

    public LoopCall(ScheduledExecutorService loop) {
        this.loop = loop;
    }

    /** When its request came. */
    public LoopCall startedAt(long nanos) {
        startedNanos = nanos;
        return this;
    }

    /** The end of the answer is about to be written. */
    public void answered() {
        List<Runnable> actions;
        synchronized (this) {
            actions = List.copyOf(beforeLastByte);
            beforeLastByte.clear();
        }
        actions.forEach(Runnable::run);
    }

    public void end() {
        answered();
        List<Runnable> actions;
        synchronized (this) {
            ended = true;
            actions = List.copyOf(onEnd);
            onEnd.clear();
        }
        actions.forEach(Runnable::run);
    }

    /** Returns when everything that follows from it on the loop has been done. */
    public void clientLeaves() throws Exception {
        loop.submit(() -> {
                    Runnable action;
                    synchronized (this) {
                        gone = true;
                        action = onGone;
                    }
                    if (action != null) {
                        action.run();
                    }
                    end();
                })
                .get();
    }

    /** What is to be done should the client leave; null for nothing. */
    public synchronized @Nullable Runnable whenClientGone() {
        return onGone;
    }

    /** How often the client was to hear that it still waits. */
    public int heartbeats() {
        return heartbeats.get();
    }

    /** Why it was broken off; null while it was not. */
    public synchronized @Nullable Throwable brokenOff() {
        return brokenOff;
    }

    @Override
    public void onEnd(Runnable action) {
        synchronized (this) {
            if (!ended) {
                onEnd.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void beforeLastByte(Runnable action) {
        synchronized (this) {
            if (!ended) {
                beforeLastByte.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void onClientGone(Runnable action) {
        synchronized (this) {
            if (!gone) {
                onGone = action;
                return;
            }
        }
        action.run();
    }

    @Override
    public synchronized void clearClientGone(Runnable action) {
        if (onGone == action) {
            onGone = null;
        }
    }

    @Override
    public synchronized boolean isClientGone() {
        return gone;
    }

    @Override
    public ScheduledExecutorService executor() {
        return loop;
    }

    @Override
    public void heartbeat() {
        heartbeats.incrementAndGet();
    }

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {}

    @Override
    public synchronized void breakOff(Throwable failure) {
        brokenOff = failure;
    }

    @Override
    public CallRecord record() {
        return new CallRecord(startedNanos, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    }
}
