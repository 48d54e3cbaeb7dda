package dev.mehari.limits;

import java.time.Duration;

/**
 * At most so many in each fixed window. Windows are numbered {@code floor(milliseconds since 1970 / length)}, so that they
 * begin and end at the same instants everywhere, and each says when the next begins.
 *
 * @param most at least 1
 * @param window length, 1 s to 366 days
 */
public record WindowLimit(long most, Duration window) {
    public static final long GREATEST = 1_000_000_000_000L;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);

    public WindowLimit {
        if (most < 1 || most > GREATEST) {
            throw new IllegalArgumentException("must be from 1 to " + GREATEST);
        }
        if (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a window is from 1s to 366d");
        }
    }
}
