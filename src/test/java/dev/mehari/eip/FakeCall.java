package dev.mehari.eip;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/** A call whose client leaves when told to. */
public final class FakeCall implements Call {
    private final ScheduledExecutorService executor;
    private volatile boolean gone;
    private volatile Runnable onClientGone;

    public FakeCall(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    public void clientLeaves() {
        gone = true;
        Runnable action = onClientGone;
        if (action != null) {
            action.run();
        }
    }

    /** What is to be done should the client leave; null for nothing. */
    public Runnable onClientGone() {
        return onClientGone;
    }

    @Override
    public void onEnd(Runnable action) {}

    @Override
    public void onClientGone(Runnable action) {
        onClientGone = action;
        if (gone) {
            action.run();
        }
    }

    @Override
    public void clearClientGone(Runnable action) {
        if (onClientGone == action) {
            onClientGone = null;
        }
    }

    @Override
    public boolean isClientGone() {
        return gone;
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public void heartbeat() {}

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {}

    @Override
    public void breakOff(Throwable failure) {
        throw new UnsupportedOperationException("nobody breaks this call off");
    }

    @Override
    public CallRecord record() {
        return new CallRecord(0, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    }
}
