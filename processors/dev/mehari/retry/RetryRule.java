package dev.mehari.retry;

import dev.mehari.config.RetryConfig;
import dev.mehari.retry.RetryDecision.Again;
import dev.mehari.retry.RetryDecision.GiveUp;
import dev.mehari.retry.RetryDecision.Reason;
import dev.mehari.upstream.Ways;
import java.time.Duration;

/**
 * Whether a call of which a try has failed is tried again, and after which wait. Where another way is left it is tried at
 * once; the same way is tried again after the time that the upstream asks for, else after the route's backoff, whose nth wait
 * is {@code backoff * 2^(n-1)}, at most {@code maxBackoff}. Any thread.
 */
public final class RetryRule {
    private static final int DOUBLINGS = 30;

    private final RetryConfig config;

    public RetryRule(RetryConfig config) {
        this.config = config;
    }

    RetryDecision decide(FailedTry failed) {
        if (failed.clientGone()) {
            return new GiveUp(Reason.CLIENT_GONE);
        }
        Repeatable repeatable = Repeatable.of(failed.failure(), config.statuses());
        if (repeatable == Repeatable.NEVER) {
            return new GiveUp(Reason.HOPELESS);
        }
        if (repeatable == Repeatable.TOO_LATE) {
            return new GiveUp(Reason.DEADLINE);
        }
        if (repeatable == Repeatable.IF_IDEMPOTENT && !failed.idempotent()) {
            return new GiveUp(Reason.UNSAFE);
        }
        if (failed.tries() > config.max()) {
            return new GiveUp(Reason.EXHAUSTED);
        }
        if (failed.left() == Ways.Left.NONE
                || (failed.left() == Ways.Left.SAME
                        && (repeatable == Repeatable.ELSEWHERE || repeatable == Repeatable.UNSENT))) {
            return new GiveUp(Reason.NO_WAY);
        }
        return inTime(
                failed,
                failed.left() == Ways.Left.OTHER
                        ? new Again(Duration.ZERO, repeatable == Repeatable.UNSENT)
                        : after(failed));
    }

    private RetryDecision after(FailedTry failed) {
        Duration asked = failed.asked();
        if (asked == null || asked.isZero() || asked.isNegative()) {
            return new Again(null, false);
        }
        return asked.compareTo(config.longestWait()) > 0 ? new GiveUp(Reason.TOO_LONG) : new Again(asked, false);
    }

    private RetryDecision inTime(FailedTry failed, RetryDecision decision) {
        Duration left = failed.timeLeft();
        if (left == null || !(decision instanceof Again again)) {
            return decision;
        }
        Duration delay = again.delay() == null ? backoff(failed.tries()) : again.delay();
        return delay.compareTo(left) < 0 ? decision : new GiveUp(Reason.DEADLINE);
    }

    private Duration backoff(int tries) {
        Duration wait = config.backoff().multipliedBy(1L << Math.min(DOUBLINGS, tries - 1));
        return wait.compareTo(config.maxBackoff()) < 0 ? wait : config.maxBackoff();
    }
}
