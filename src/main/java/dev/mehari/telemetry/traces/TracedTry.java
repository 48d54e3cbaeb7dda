package dev.mehari.telemetry.traces;

import dev.mehari.credential.Attempt;
import org.jspecify.annotations.Nullable;

/** One try of a call whose trace is recorded. For any thread. */
final class TracedTry {
    private final String spanId;
    private final Attempt attempt;
    private final int number;
    private final long startedNanos;
    private boolean ended;
    private long endedNanos;
    private int status;
    private @Nullable String error;

    /** @param number 0 for the first */
    TracedTry(String spanId, Attempt attempt, int number, long startedNanos) {
        this.spanId = spanId;
        this.attempt = attempt;
        this.number = number;
        this.startedNanos = startedNanos;
    }

    /**
     * It is over; only the first time counts.
     *
     * @param answered the answer's status; 0 for none
     * @param failure code of what went wrong; null for nothing beyond the status
     */
    synchronized void end(long nanos, int answered, @Nullable String failure) {
        if (!ended) {
            ended = true;
            endedNanos = nanos;
            status = answered;
            error = failure;
        }
    }

    /** The status has come; the rest of the answer may follow. */
    synchronized void answered(int with) {
        if (!ended) {
            status = with;
        }
    }

    synchronized boolean isEnded() {
        return ended;
    }

    String spanId() {
        return spanId;
    }

    Attempt attempt() {
        return attempt;
    }

    int number() {
        return number;
    }

    long startedNanos() {
        return startedNanos;
    }

    synchronized long endedNanos() {
        return endedNanos;
    }

    /** 0 while there is none. */
    synchronized int status() {
        return status;
    }

    synchronized @Nullable String error() {
        return error;
    }
}
