package dev.mehari.retry;

import dev.mehari.config.RetryConfig;
import dev.mehari.retry.RetryDecision.Again;
import dev.mehari.retry.RetryDecision.GiveUp;
import dev.mehari.retry.RetryDecision.Reason;
import dev.mehari.upstream.Ways;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Whether a call of which a try has failed is tried again, and after which wait. Where another way is left it is tried at
 * once; the same way is tried again after the time that the upstream asks for, else after a backoff: behind the nth try that
 * failed {@code min(maxBackoff, backoff * multiplier^(n-1)) * (1 + jitter * r)}, where r is from -1 to 1 at random. By default
 * 160 to 240 ms, then 320 to 480 ms. Any thread.
 */
public final class RetryRule {
    private static final int NANOS_OF_MILLI = 1_000_000;

    private final RetryConfig config;
    private final DoubleSupplier random;

    /** @param random from 0 to 1, evenly */
    public RetryRule(RetryConfig config, DoubleSupplier random) {
        this.config = config;
        this.random = random;
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
            return new Again(backoff(failed.tries()), false);
        }
        return asked.compareTo(config.longestWait()) > 0
                ? new GiveUp(Reason.TOO_LONG)
                : new Again(
                        Duration.ofMillis(asked.plusNanos(NANOS_OF_MILLI - 1).toMillis()), false);
    }

    private static RetryDecision inTime(FailedTry failed, RetryDecision decision) {
        Duration left = failed.timeLeft();
        return left != null && decision instanceof Again again && again.delay().compareTo(left) >= 0
                ? new GiveUp(Reason.DEADLINE)
                : decision;
    }

    private Duration backoff(int tries) {
        double grown = (double) config.backoff().toMillis() * Math.pow(config.multiplier(), tries - 1);
        double wait = Math.min((double) config.maxBackoff().toMillis(), grown);
        double spread = config.jitterPercent() / 100.0 * (2 * random.getAsDouble() - 1);
        return Duration.ofMillis(Math.max(1, Math.round(wait * (1 + spread))));
    }
}
