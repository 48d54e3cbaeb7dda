package dev.mehari.relay;

import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamTimeout.Stage;
import dev.mehari.relay.UpstreamLocation.TimeLimits;
import org.jspecify.annotations.Nullable;

/**
 * How long an upstream may take, in nanoseconds; 0 is for ever.
 *
 * @param connectNanos to look up its name, connect, tunnel and agree on TLS, all together
 * @param firstByteNanos from the request to the head of its answer, waiting for a pooled connection included
 * @param idleNanos between bytes of the answer, not counting the time that we did not read for a slow client's sake
 * @param totalNanos from the request to the last byte
 * @param callsOwn the total is what was left of the call's time, so that exceeding it says nothing about the upstream
 */
record UpstreamTimeouts(long connectNanos, long firstByteNanos, long idleNanos, long totalNanos, boolean callsOwn) {
    /** A total that is over before the request was sent. */
    private static final long SPENT = 1;

    /** The same, but for what {@code own} says. */
    UpstreamTimeouts with(TimeLimits own) {
        return own.equals(TimeLimits.ENDPOINTS)
                ? this
                : new UpstreamTimeouts(
                        own.connectNanos() < 0 ? connectNanos : own.connectNanos(),
                        own.firstByteNanos() < 0 ? firstByteNanos : own.firstByteNanos(),
                        own.idleNanos() < 0 ? idleNanos : own.idleNanos(),
                        own.totalNanos() < 0 ? totalNanos : own.totalNanos(),
                        false);
    }

    /**
     * The same for a call of whose total {@code spentNanos} are over already. An upstream that has less than half of it is
     * not to blame for the rest.
     */
    UpstreamTimeouts after(long spentNanos) {
        if (totalNanos <= 0 || spentNanos <= 0) {
            return this;
        }
        long left = totalNanos - spentNanos;
        return total(left, left < totalNanos / 2);
    }

    /** The same for a call that has {@code leftNanos} until its deadline. */
    UpstreamTimeouts within(long leftNanos) {
        return totalNanos > 0 && totalNanos <= leftNanos ? this : total(leftNanos, true);
    }

    private UpstreamTimeouts total(long nanos, boolean calls) {
        return new UpstreamTimeouts(connectNanos, firstByteNanos, idleNanos, Math.max(SPENT, nanos), calls);
    }

    /** The call's time is over before anything was sent. */
    boolean isSpent() {
        return totalNanos == SPENT;
    }

    static boolean isOver(long limitNanos, long sinceNanos, long now) {
        return limitNanos > 0 && now - sinceNanos >= limitNanos;
    }

    /** What has been exceeded by a request for which a connection is being made; null for nothing. */
    @Nullable
    MehariFailure beforeConnection(long connectingNanos, long startedNanos, long now) {
        if (isOver(connectNanos, connectingNanos, now)) {
            return timeout(Stage.CONNECT, "No connection to the upstream could be made in time", connectNanos);
        }
        return inTotal(startedNanos, now, "before a connection to the upstream stood");
    }

    /** What has been exceeded by a request whose answer has not begun; null for nothing. */
    @Nullable
    MehariFailure beforeAnswer(long startedNanos, long now) {
        if (isOver(firstByteNanos, startedNanos, now)) {
            return timeout(Stage.FIRST_BYTE, "The upstream did not begin to answer in time", firstByteNanos);
        }
        return inTotal(startedNanos, now, "before the upstream began to answer");
    }

    /** What has been exceeded by an answer that has begun; null for nothing. */
    @Nullable
    MehariFailure inAnswer(long startedNanos, long readNanos, long now) {
        if (isOver(idleNanos, readNanos, now)) {
            return timeout(Stage.IDLE, "The upstream fell silent in the middle of its answer", idleNanos);
        }
        return inTotal(startedNanos, now, "in the middle of the upstream's answer");
    }

    private @Nullable MehariFailure inTotal(long startedNanos, long now, String when) {
        if (!isOver(totalNanos, startedNanos, now)) {
            return null;
        }
        return callsOwn
                ? new DeadlineExceeded("The call's time was over " + when + ", for which " + millis(totalNanos)
                        + " ms of it were left")
                : timeout(Stage.TOTAL, "The upstream took longer than allowed in total", totalNanos);
    }

    private static UpstreamTimeout timeout(Stage stage, String what, long limitNanos) {
        return new UpstreamTimeout(stage, what + " (" + millis(limitNanos) + " ms)");
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
