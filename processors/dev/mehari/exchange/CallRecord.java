package dev.mehari.exchange;

/**
 * What happened to a call, for metrics and audit.
 *
 * @param startedNanos when the request's head had been read, {@link System#nanoTime()}
 * @param firstByteNanos when the answer's head was written, 0 while it was not
 * @param endedNanos when the call ended, 0 while it has not
 * @param status the HTTP status sent, 0 when none was
 * @param requestBytes size of the request body
 * @param responseBytes bytes of answer body handed to the client's connection
 * @param end how it ended
 */
public record CallRecord(
        long startedNanos,
        long firstByteNanos,
        long endedNanos,
        int status,
        long requestBytes,
        long responseBytes,
        End end) {

    /** How a call ended. */
    public enum End {
        /** It has not. */
        OPEN,
        /** The last byte of the answer was written. */
        COMPLETE,
        /** The client left first. */
        CLIENT_GONE,
        /** The answer broke after it had begun; the client got an error event where the answer was an event stream. */
        BROKEN
    }
}
