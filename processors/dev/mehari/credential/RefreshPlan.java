package dev.mehari.credential;

import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.credential.TokenStore.Tokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * When tokens are refreshed. A token is due {@code ahead} before its end, up to 20 % later by a share of its own for each
 * credential and instance, so that instances do not all ask at once; at least 10 s before its end, and never in the first
 * half of its life, so that short-lived tokens are not refreshed all the time. One that does not say when it ends is taken to
 * live for an hour. Immutable, for any thread.
 */
public final class RefreshPlan {
    static final Duration CLAIM = Duration.ofSeconds(30);
    static final Duration LONGEST_REST = Duration.ofMinutes(30);

    private static final double JITTER = 0.2;
    private static final Duration LEAST_AHEAD = Duration.ofSeconds(10);
    private static final Duration ASSUMED_LIFE = Duration.ofHours(1);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 6;

    private final Clock clock;
    private final Duration ahead;
    private final long instance;

    /** @param instance different for each instance, by chance */
    public RefreshPlan(Clock clock, Duration ahead, long instance) {
        this.clock = clock;
        this.ahead = ahead.compareTo(LEAST_AHEAD) < 0 ? LEAST_AHEAD : ahead;
        this.instance = instance;
    }

    boolean isDue(TokenState state) {
        Instant expires = state.expires();
        if (expires == null) {
            return true;
        }
        Duration lead = later(ahead, state.credential());
        if (state.refreshed() != null) {
            Duration half = Duration.between(state.refreshed(), expires).dividedBy(2);
            lead = lead.compareTo(half) > 0 ? half : lead;
        }
        return !clock.instant().isBefore(expires.minus(lead));
    }

    private Duration later(Duration lead, long credential) {
        double share = new SplittableRandom(instance * 31 + credential).nextDouble();
        return lead.minusNanos((long) (lead.toNanos() * JITTER * share));
    }

    /** No token that ends later is due. */
    Instant horizon() {
        return clock.instant().plus(ahead);
    }

    Instant claimEnd() {
        return clock.instant().plus(CLAIM);
    }

    /** True when calls cannot be made with the token any more. */
    boolean isOver(TokenState state) {
        return state.expires() != null && !clock.instant().isBefore(state.expires());
    }

    /** The same with an end. */
    Tokens dated(Tokens tokens) {
        return tokens.expires() != null
                ? tokens
                : new Tokens(
                        tokens.accessToken(),
                        tokens.refreshToken(),
                        clock.instant().plus(ASSUMED_LIFE));
    }

    /**
     * When to try again.
     *
     * @param failures in a row, at least 1
     * @param asked for by the other side, half an hour of it at most; null when it did not say
     */
    Instant tryAgain(int failures, @Nullable Duration asked) {
        Duration wait = waitAfter(failures);
        if (asked != null && asked.compareTo(wait) > 0) {
            wait = asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked;
        }
        return clock.instant().plus(wait);
    }

    static Duration waitAfter(int failures) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures - 1));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
