package dev.mehari.eip.seda;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call without HTTP: the test says when the client leaves and when the answer is out. */
final class FakeCall implements Call {
    final AtomicInteger heartbeats = new AtomicInteger();
    private final ScheduledExecutorService executor;
    private final List<Runnable> atEnd = new ArrayList<>();
    private @Nullable Runnable whenGone;
    private boolean ended;
    private boolean gone;
    private volatile long startedNanos;

    FakeCall(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /** When its request came. */
    FakeCall startedAt(long nanos) {
        startedNanos = nanos;
        return this;
    }

    synchronized void leave() {
        gone = true;
        if (whenGone != null) {
            whenGone.run();
        }
        end();
    }

    synchronized void end() {
        if (!ended) {
            ended = true;
            atEnd.forEach(Runnable::run);
        }
    }

    synchronized @Nullable Runnable whenGone() {
        return whenGone;
    }

    @Override
    public synchronized void onEnd(Runnable action) {
        if (ended) {
            action.run();
        } else {
            atEnd.add(action);
        }
    }

    @Override
    public synchronized void onClientGone(Runnable action) {
        whenGone = action;
        if (gone) {
            action.run();
        }
    }

    @Override
    public synchronized void clearClientGone(Runnable action) {
        if (whenGone == action) {
            whenGone = null;
        }
    }

    @Override
    public synchronized boolean isClientGone() {
        return gone;
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public void heartbeat() {
        heartbeats.incrementAndGet();
    }

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {}

    @Override
    public void breakOff(Throwable failure) {
        throw new UnsupportedOperationException("nobody breaks this call off");
    }

    @Override
    public CallRecord record() {
        return new CallRecord(startedNanos, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    }
}
