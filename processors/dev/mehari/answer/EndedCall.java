package dev.mehari.answer;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.AnsweredByUpstream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A call that is over.
 *
 * @param keyId of the caller, as {@link ExchangeKeys#KEY_ID}; null when nobody found out who called
 * @param failure what the caller was told by Mehari; null when the answer is the upstream's
 */
public record EndedCall(
        Dialect dialect,
        CallRecord record,
        @Nullable FailureRow failure,
        @Nullable String keyId) {
    private static final int GATEWAY_TIMEOUT = 504;

    /** A call of which nobody knows who made it. */
    public EndedCall(Dialect dialect, CallRecord record, @Nullable FailureRow failure) {
        this(dialect, record, failure, null);
    }

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

    /**
     * How the call of {@code exchange} ended; to be asked when it has. A failure that a fallback or a retry got over stays
     * on the exchange; it is the caller's only if its status was sent.
     */
    public static EndedCall of(Exchange exchange, Call call) {
        CallRecord record = call.record();
        Dialect dialect = (Dialect) exchange.getProperty(ExchangeKeys.DIALECT);
        Throwable caught = (Throwable) exchange.getProperty(Exchange.EXCEPTION_CAUGHT);
        FailureRow row = caught == null ? null : FailureTable.rowFor(caught);
        boolean told = row != null
                && (record.end() == CallRecord.End.BROKEN
                        || (row.status() == record.status() && !passedOn(caught, record.status())));
        String keyId = (String) exchange.getProperty(ExchangeKeys.KEY_ID);
        return new EndedCall(dialect == null ? Dialect.PLAIN : dialect, record, told ? row : null, keyId);
    }

    /** What failed is an answer with that status, so that the client has it as it came. */
    private static boolean passedOn(@Nullable Throwable caught, int status) {
        AnsweredByUpstream answered = AnsweredByUpstream.in(caught);
        return answered != null && answered.status() == status;
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

    /** The caller was told that something took too long. */
    public boolean isTimeout() {
        return record.status() == GATEWAY_TIMEOUT;
    }

    /** From the request's head to the end of the call. */
    public long durationNanos() {
        return Math.max(0, record.endedNanos() - record.startedNanos());
    }
}
