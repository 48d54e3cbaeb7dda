package dev.mehari.credential;

import dev.mehari.upstream.ResetHints;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a bench ends by what the answer says. */
final class BenchEnd {
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(30);

    private BenchEnd() {}

    /**
     * Until when an answer of 429 says to leave its credential alone. In this order: what its body says; what it asks for, up
     * to half an hour; the reset of limits; a longer time that it asks for, as half an hour. Null when it does not say, or says
     * a time that is past.
     */
    static @Nullable Instant told(ResetHints hints, Instant now) {
        Duration asked = asked(hints);
        Duration wait = hints.body();
        if (wait == null && asked != null && asked.compareTo(LONGEST_ASKED) <= 0) {
            wait = asked;
        }
        if (wait == null) {
            wait = hints.limits();
        }
        if (wait == null && asked != null) {
            wait = LONGEST_ASKED;
        }
        return wait == null || wait.isZero() ? null : now.plus(wait);
    }

    /** Until when any other answer does: the rule's time, or longer if it asks for longer, up to half an hour. */
    static Instant atLeast(Duration rule, ResetHints hints, Instant now) {
        Duration asked = asked(hints);
        Duration wait = asked == null ? Duration.ZERO : asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        return now.plus(wait.compareTo(rule) > 0 ? wait : rule);
    }

    private static @Nullable Duration asked(ResetHints hints) {
        return hints.asked() == null || hints.asked().isZero() ? null : hints.asked();
    }
}
