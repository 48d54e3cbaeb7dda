package dev.mehari.credential;

import java.time.Duration;

/** What a search that found nothing saw on its way: whether waiting helps, or when it may. */
final class Outlook {
    /** Where nobody knows when something will be usable, for an operator has to act. */
    private static final Duration UNKNOWN = Duration.ofMinutes(1);

    private boolean busy;
    private boolean soon;
    private long earliest = Readiness.NEVER;

    /** As {@link Readiness}; what is ready is not seen here. */
    void add(long readiness) {
        if (readiness == Readiness.BUSY || readiness == Readiness.SOON) {
            busy = true;
            soon |= readiness == Readiness.SOON;
        } else if (readiness < earliest) {
            earliest = readiness;
        }
    }

    boolean isBusy() {
        return busy;
    }

    /** True when nothing of a higher order should be looked at meanwhile. */
    boolean isSoon() {
        return soon;
    }

    Taking taking(long nowMillis) {
        if (busy) {
            return Taking.Busy.INSTANCE;
        }
        return new Taking.None(
                earliest == Readiness.NEVER
                        ? UNKNOWN
                        : Duration.ofSeconds(Math.max(1, (earliest - nowMillis + 999) / 1_000)));
    }
}
