package dev.mehari.telemetry;

import dev.mehari.answer.FailureRow;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * A call that is over.
 *
 * @param failure what the caller was told by Mehari; null when the answer is the upstream's
 */
public record EndedCall(
        Dialect dialect, CallRecord record, @Nullable FailureRow failure) {
    private static final int GATEWAY_TIMEOUT = 504;

    /** How it went, in the eyes of the operator. */
    public enum Outcome {
        /** Complete, with a status below 400. */
        SUCCESS,
        /** An error status, or an answer that broke. */
        FAILURE,
        /** Mehari said no before the upstream was asked. */
        REFUSED,
        /** The client left first. */
        CANCELLED
    }

    public Outcome outcome() {
        if (record.end() == CallRecord.End.CLIENT_GONE) {
            return Outcome.CANCELLED;
        }
        if (failure != null && failure.refusal()) {
            return Outcome.REFUSED;
        }
        boolean complete = record.end() == CallRecord.End.COMPLETE && record.status() > 0;
        return complete && record.status() < 400 ? Outcome.SUCCESS : Outcome.FAILURE;
    }

    boolean isTimeout() {
        return record.status() == GATEWAY_TIMEOUT;
    }

    long durationNanos() {
        return Math.max(0, record.endedNanos() - record.startedNanos());
    }
}
