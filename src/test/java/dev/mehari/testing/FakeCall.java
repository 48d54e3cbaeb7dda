package dev.mehari.testing;

import dev.mehari.exchange.AnswerObserver;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/** A call that ends when the test says so, as the test says. */
public final class FakeCall implements Call {
    private final List<Runnable> onEnd = new ArrayList<>();
    private CallRecord record = new CallRecord(1, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    private Throwable brokenOff;
    private AnswerObserver observer;
    private Function<Throwable, byte[]> streamFailure = failure -> new byte[0];

    /** Ends the call after a millisecond. */
    public void end(int status, CallRecord.End end) {
        record = new CallRecord(1, 2, 1_000_001, status, 10, 20, end);
        onEnd.forEach(Runnable::run);
    }

    /** Shows a part of an answer to whoever observes it. */
    public void answer(String type, byte[]... parts) {
        if (observer != null) {
            observer.head(type, null);
            for (byte[] part : parts) {
                observer.bytes(ByteBuffer.wrap(part).asReadOnlyBuffer());
            }
        }
    }

    /** True when somebody observes the answer. */
    public boolean isObserved() {
        return observer != null;
    }

    @Override
    public void observeAnswer(AnswerObserver by) {
        observer = by;
    }

    /** The event that a client whose stream has begun would get. */
    public byte[] streamFailure(Throwable failure) {
        return streamFailure.apply(failure);
    }

    @Override
    public void onEnd(Runnable action) {
        onEnd.add(action);
    }

    @Override
    public void onClientGone(Runnable action) {}

    @Override
    public void clearClientGone(Runnable action) {}

    @Override
    public boolean isClientGone() {
        return record.end() == CallRecord.End.CLIENT_GONE;
    }

    @Override
    public ScheduledExecutorService executor() {
        throw new UnsupportedOperationException("nothing is scheduled on this call");
    }

    @Override
    public void heartbeat() {}

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {
        streamFailure = event;
    }

    @Override
    public void breakOff(Throwable failure) {
        brokenOff = failure;
    }

    /** Why the call was broken off; null while it was not. */
    public Throwable brokenOff() {
        return brokenOff;
    }

    @Override
    public CallRecord record() {
        return record;
    }
}
