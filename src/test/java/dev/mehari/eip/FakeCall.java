package dev.mehari.eip;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/** A call whose client leaves when told to. */
public final class FakeCall implements Call {
    private final ScheduledExecutorService executor;
    private volatile boolean gone;

    public FakeCall(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    public void clientLeaves() {
        gone = true;
    }

    @Override
    public void onEnd(Runnable action) {}

    @Override
    public void onClientGone(Runnable action) {}

    @Override
    public void clearClientGone(Runnable action) {}

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
