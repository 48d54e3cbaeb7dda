package dev.mehari.relay;

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
 */
record UpstreamTimeouts(long connectNanos, long firstByteNanos, long idleNanos, long totalNanos) {
    /** The same, but for what {@code own} says. */
    UpstreamTimeouts with(TimeLimits own) {
        return own.equals(TimeLimits.ENDPOINTS)
                ? this
                : new UpstreamTimeouts(
                        own.connectNanos() < 0 ? connectNanos : own.connectNanos(),
                        own.firstByteNanos() < 0 ? firstByteNanos : own.firstByteNanos(),
                        own.idleNanos() < 0 ? idleNanos : own.idleNanos(),
                        own.totalNanos() < 0 ? totalNanos : own.totalNanos());
    }

    /** The same for a call of whose total {@code spentNanos} are over already. */
    UpstreamTimeouts after(long spentNanos) {
        return totalNanos <= 0 || spentNanos <= 0
                ? this
                : new UpstreamTimeouts(connectNanos, firstByteNanos, idleNanos, Math.max(1, totalNanos - spentNanos));
    }

    static boolean isOver(long limitNanos, long sinceNanos, long now) {
        return limitNanos > 0 && now - sinceNanos >= limitNanos;
    }

    UpstreamTimeout connect() {
        return timeout(Stage.CONNECT, "No connection to the upstream could be made in time", connectNanos);
    }

    /** What has been exceeded by a request whose answer has not begun; null for nothing. */
    @Nullable
    UpstreamTimeout beforeAnswer(long startedNanos, long now) {
        if (isOver(firstByteNanos, startedNanos, now)) {
            return timeout(Stage.FIRST_BYTE, "The upstream did not begin to answer in time", firstByteNanos);
        }
        return inTotal(startedNanos, now);
    }

    /** What has been exceeded by an answer that has begun; null for nothing. */
    @Nullable
    UpstreamTimeout inAnswer(long startedNanos, long readNanos, long now) {
        if (isOver(idleNanos, readNanos, now)) {
            return timeout(Stage.IDLE, "The upstream fell silent in the middle of its answer", idleNanos);
        }
        return inTotal(startedNanos, now);
    }

    private @Nullable UpstreamTimeout inTotal(long startedNanos, long now) {
        return isOver(totalNanos, startedNanos, now)
                ? timeout(Stage.TOTAL, "The upstream took longer than allowed in total", totalNanos)
                : null;
    }

    private static UpstreamTimeout timeout(Stage stage, String what, long limitNanos) {
        return new UpstreamTimeout(stage, what + " (" + limitNanos / 1_000_000 + " ms)");
    }
}
