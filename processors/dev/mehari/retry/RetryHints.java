package dev.mehari.retry;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Reads from an answer's headers how long an upstream asks to wait. {@code retry-after-ms} and {@code Retry-After} (RFC 9110,
 * section 10.2.3) come first; else the reset times of the rate limits that are used up, of which the longest counts:
 * {@code x-ratelimit-reset[-requests|-tokens]} (platform.openai.com/docs/guides/rate-limits),
 * {@code anthropic-ratelimit-*-reset} (docs.anthropic.com/en/api/rate-limits) and {@code ratelimit-reset}, each beside its
 * {@code remaining}; without any {@code remaining}, all of them count. What cannot be read is as if it were not there. Any thread.
 */
public final class RetryHints {
    /** More than this is not told; whoever waits is long gone. */
    static final Duration LONGEST = Duration.ofDays(1);

    /** Reset and remaining, by the limit they are about. */
    private static final Map<String, String> LIMITS = Map.of(
            "x-ratelimit-reset-requests", "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset", "x-ratelimit-remaining",
            "ratelimit-reset", "ratelimit-remaining",
            "anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining",
            "anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining",
            "anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining",
            "anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining");

    /** A number from here on is a point in time, not a number of seconds to wait: September 2001. */
    private static final double EARLIEST_EPOCH_SECOND = 1e9;
    /** And from here on one in milliseconds. */
    private static final double EARLIEST_EPOCH_MILLI = 1e12;

    private static final int LONGEST_TEXT = 64;

    private final Clock clock;

    public RetryHints(Clock clock) {
        this.clock = clock;
    }

    /** How long to wait before asking again, 0 to 24 hours; null when the answer does not say. */
    public @Nullable Duration of(Message answer) {
        Duration millis = scaled(text(answer, "retry-after-ms"), 1e-3);
        if (millis != null) {
            return millis;
        }
        Duration after = retryAfter(text(answer, "Retry-After"));
        return after != null ? after : resets(answer);
    }

    private @Nullable Duration retryAfter(@Nullable String text) {
        Duration seconds = scaled(text, 1);
        if (seconds != null || text == null) {
            return seconds;
        }
        try {
            return until(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException noDate) {
            return null;
        }
    }

    private @Nullable Duration resets(Message answer) {
        Duration usedUp = null;
        Duration unknown = null;
        boolean remainingKnown = false;
        for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
            Duration reset = reset(text(answer, limit.getKey()));
            if (reset == null) {
                continue;
            }
            Double remaining = number(text(answer, limit.getValue()));
            remainingKnown |= remaining != null;
            if (remaining == null) {
                unknown = longer(unknown, reset);
            } else if (remaining <= 0) {
                usedUp = longer(usedUp, reset);
            }
        }
        return remainingKnown ? usedUp : unknown;
    }

    private @Nullable Duration reset(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Double number = number(text);
        if (number != null && number >= EARLIEST_EPOCH_MILLI) {
            return number < 1e15 ? until(Instant.ofEpochMilli(number.longValue())) : null;
        }
        if (number != null && number >= EARLIEST_EPOCH_SECOND) {
            return until(Instant.ofEpochMilli((long) (number * 1e3)));
        }
        if (number != null) {
            return scaled(text, 1);
        }
        Duration units = UnitDuration.parse(text);
        if (units != null) {
            return capped(units);
        }
        try {
            return until(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    private Duration until(Instant when) {
        return capped(Duration.between(clock.instant(), when));
    }

    private static Duration longer(@Nullable Duration one, Duration other) {
        return one == null || other.compareTo(one) > 0 ? other : one;
    }

    /** {@code text} as a number of {@code unit} seconds; null when it is none, or negative. */
    private static @Nullable Duration scaled(@Nullable String text, double unit) {
        Double number = number(text);
        if (number == null || number < 0) {
            return null;
        }
        double seconds = Math.min(number * unit, (double) LONGEST.toSeconds());
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }

    private static Duration capped(Duration duration) {
        if (duration.isNegative()) {
            return Duration.ZERO;
        }
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    /** Digits with a decimal point at most, and a sign. */
    private static @Nullable Double number(@Nullable String text) {
        if (text == null || !text.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?")) {
            return null;
        }
        return Double.valueOf(text);
    }

    private static @Nullable String text(Message answer, String header) {
        Object value = answer.getHeader(header);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() || text.length() > LONGEST_TEXT ? null : text;
    }
}
