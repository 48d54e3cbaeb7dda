package dev.mehari.capture;

import dev.mehari.answer.EndedCall;
import dev.mehari.caller.CallCapture;
import dev.mehari.caller.CapturePolicy;
import dev.mehari.caller.CapturePolicy.Scope;
import dev.mehari.exchange.Call;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.apache.camel.Exchange;

/**
 * Records calls whose key's policy is in force when they begin, and hands those that it wants to the writer when they have
 * ended. A call that runs on when the policy ends is still kept.
 */
public final class CaptureCalls implements CallCapture {
    private final CaptureWriter writer;
    private final CaptureMemory memory;
    private final CaptureCounts counts;
    private final int mostBody;
    private final Clock clock;

    /** @param mostBody bytes of each body that are kept */
    public CaptureCalls(CaptureWriter writer, CaptureMemory memory, CaptureCounts counts, int mostBody, Clock clock) {
        this.writer = writer;
        this.memory = memory;
        this.counts = counts;
        this.mostBody = mostBody;
        this.clock = clock;
    }

    @Override
    public void begin(Exchange exchange, CapturePolicy policy) {
        Call call = Call.of(exchange);
        if (call == null || !policy.isInForce(clock.instant())) {
            return;
        }
        CallRecording recording = new CallRecording(exchange.getMessage(), mostBody, memory);
        if (!recording.isLost()) {
            call.observeAnswer(recording);
        }
        call.onEnd(() -> ended(exchange, call, policy.scope(), recording));
    }

    private void ended(Exchange exchange, Call call, Scope scope, CallRecording recording) {
        EndedCall ended = EndedCall.of(exchange, call);
        if (scope == Scope.ERRORS && ended.outcome() == EndedCall.Outcome.SUCCESS) {
            recording.release();
        } else if (recording.isLost()) {
            counts.dropped(CaptureCounts.Reason.MEMORY, 1);
        } else {
            writer.offer(
                    recording.end(exchange, ended, clock.instant().truncatedTo(ChronoUnit.MICROS)), recording.taken());
        }
    }
}
