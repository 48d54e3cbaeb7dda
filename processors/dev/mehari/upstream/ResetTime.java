package dev.mehari.upstream;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how long something still takes, in the ways in which headers say it: zero to 31 days, null for what is none. */
final class ResetTime {
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final int LONGEST_TEXT = 64;
    /** A number from here on is a point in time, not a number of seconds to wait: September 2001. */
    private static final double EARLIEST_EPOCH_SECOND = 1e9;
    /** And from here on one in milliseconds. */
    private static final double EARLIEST_EPOCH_MILLI = 1e12;

    /** Digits with a decimal point at most, and a sign. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(?:\\.[0-9]{1,18})?");
    /** As Go writes durations, and days besides: {@code 6m0s}, {@code 120ms}, {@code 1h30m2.5s}. */
    private static final Pattern UNITS =
            Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:d|h|ms|m|s|us|µs|ns)){1,7}");

    private static final Pattern UNIT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(d|h|ms|m|s|us|µs|ns)");

    private ResetTime() {}

    /** Seconds from now, seconds or milliseconds since 1970, {@code 1m30.5s}, RFC 3339 or a date of HTTP's. */
    static @Nullable Duration parse(@Nullable String text, Instant now) {
        if (text == null || text.length() > LONGEST_TEXT) {
            return null;
        }
        Double number = number(text);
        if (number != null && number >= EARLIEST_EPOCH_MILLI) {
            return until(Instant.ofEpochMilli(number.longValue()), now);
        }
        if (number != null && number >= EARLIEST_EPOCH_SECOND) {
            return until(Instant.ofEpochMilli((long) (number * 1e3)), now);
        }
        if (number != null) {
            return ofSeconds(number);
        }
        if (UNITS.matcher(text).matches()) {
            return units(text);
        }
        try {
            return until(OffsetDateTime.parse(text).toInstant(), now);
        } catch (DateTimeException otherwise) {
            return httpDate(text, now);
        }
    }

    static @Nullable Duration seconds(@Nullable String text) {
        Double number = number(text);
        return number == null ? null : ofSeconds(number);
    }

    static @Nullable Duration millis(@Nullable String text) {
        Double number = number(text);
        return number == null ? null : ofSeconds(number * 1e-3);
    }

    /** RFC 9110, section 5.6.7, in the form that is sent today. */
    static @Nullable Duration httpDate(@Nullable String text, Instant now) {
        if (text == null || text.length() > LONGEST_TEXT) {
            return null;
        }
        try {
            return until(
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant(),
                    now);
        } catch (DateTimeException noDate) {
            return null;
        }
    }

    static @Nullable Double number(@Nullable String text) {
        return text == null || !NUMBER.matcher(text).matches() ? null : Double.valueOf(text);
    }

    private static @Nullable Duration ofSeconds(double seconds) {
        return seconds < 0 ? null : Duration.ofNanos(Math.round(Math.min(seconds, (double) LONGEST.toSeconds()) * 1e9));
    }

    private static Duration until(Instant when, Instant now) {
        Duration left = Duration.between(now, when);
        return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST) > 0 ? LONGEST : left;
    }

    private static @Nullable Duration units(String text) {
        double seconds = 0;
        Matcher parts = UNIT.matcher(text);
        while (parts.find()) {
            seconds += Double.parseDouble(parts.group(1)) * secondsIn(parts.group(2));
        }
        return ofSeconds(seconds);
    }

    private static double secondsIn(String unit) {
        return switch (unit) {
            case "d" -> 86_400;
            case "h" -> 3_600;
            case "m" -> 60;
            case "s" -> 1;
            case "ms" -> 1e-3;
            case "ns" -> 1e-9;
            default -> 1e-6;
        };
    }
}
