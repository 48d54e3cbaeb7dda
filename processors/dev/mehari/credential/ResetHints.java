package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Until when an answer of 429 says to leave its credential alone. In this order: {@code quotaResetTimeStamp},
 * {@code quotaResetDelay} or {@code retryDelay} in a Google error; {@code retry-after-ms} and {@code Retry-After} (RFC 9110,
 * 10.2.3) up to half an hour; the limits that have nothing remaining of {@code anthropic-ratelimit-*} and
 * {@code x-ratelimit-*}, the last of them, or of all where none says what remains; a longer {@code Retry-After}, as half an
 * hour. A time more than 31 days ahead counts as 31 days, one that is past as none.
 */
final class ResetHints {
    static final Duration LONGEST_WAIT = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofDays(31);
    /** Above, a number is a time in epoch seconds (or millis, beyond the other), below, seconds from now. */
    private static final double EPOCH_SECONDS = 1e9;

    private static final double EPOCH_MILLIS = 1e12;

    private static final List<String> LIMITS = List.of(
            "anthropic-ratelimit-requests",
            "anthropic-ratelimit-tokens",
            "anthropic-ratelimit-input-tokens",
            "anthropic-ratelimit-output-tokens",
            "anthropic-ratelimit-unified");
    private static final List<String> OPENAI_LIMITS = List.of("", "-requests", "-tokens");
    private static final Pattern STAMP = Pattern.compile("\"quotaResetTimeStamp\"\\s*:\\s*\"([^\"]{1,40})\"");
    private static final Pattern DELAY =
            Pattern.compile("\"(?:quotaResetDelay|retryDelay)\"\\s*:\\s*\"([^\"]{1,40})\"");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|µs|ns|d|h|m|s)");

    /** Null when the answer does not say, or says a time that is past. */
    @Nullable
    Instant until(Answer answer, Instant now) {
        Instant until = inBody(answer.body(), now);
        Duration wait = asked(answer, now);
        if (until == null && wait != null && wait.compareTo(LONGEST_WAIT) <= 0) {
            until = now.plus(wait);
        }
        if (until == null) {
            until = ofLimits(answer, now);
        }
        if (until == null && wait != null) {
            until = now.plus(LONGEST_WAIT);
        }
        if (until == null || !until.isAfter(now)) {
            return null;
        }
        Instant last = now.plus(LONGEST);
        return until.isAfter(last) ? last : until;
    }

    /** What {@code retry-after-ms} or {@code Retry-After} ask for, half an hour at most; zero for nothing. */
    Duration retryAfter(Answer answer, Instant now) {
        Duration wait = asked(answer, now);
        return wait == null ? Duration.ZERO : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private static @Nullable Duration asked(Answer answer, Instant now) {
        Double millis = number(answer.header("retry-after-ms"));
        if (millis != null && millis > 0) {
            return Duration.ofMillis((long) Math.min(millis, (double) LONGEST.toMillis()));
        }
        String text = answer.header("retry-after");
        Double seconds = number(text);
        if (seconds != null) {
            return seconds > 0 ? seconds(seconds) : null;
        }
        Instant date = text == null ? null : httpDate(text);
        return date == null || !date.isAfter(now) ? null : Duration.between(now, date);
    }

    private static @Nullable Instant inBody(byte[] body, Instant now) {
        if (body.length == 0 || body.length > BenchRules.READ) {
            return null;
        }
        String text = new String(body, UTF_8);
        Matcher stamp = STAMP.matcher(text);
        if (stamp.find()) {
            Instant at = time(stamp.group(1), now);
            if (at != null) {
                return at;
            }
        }
        Matcher delay = DELAY.matcher(text);
        return delay.find() ? time(delay.group(1), now) : null;
    }

    private static @Nullable Instant ofLimits(Answer answer, Instant now) {
        Instant usedUp = null;
        Instant any = null;
        boolean known = false;
        for (String limit : LIMITS) {
            Instant reset = time(answer.header(limit + "-reset"), now);
            Double remaining = number(answer.header(limit + "-remaining"));
            boolean rejected = "rejected".equals(answer.header(limit + "-status"));
            known |= remaining != null || rejected;
            any = later(any, reset);
            if (rejected || (remaining != null && remaining <= 0)) {
                usedUp = later(usedUp, reset);
            }
        }
        for (String limit : OPENAI_LIMITS) {
            Instant reset = time(answer.header("x-ratelimit-reset" + limit), now);
            Double remaining = number(answer.header("x-ratelimit-remaining" + limit));
            known |= remaining != null;
            any = later(any, reset);
            if (remaining != null && remaining <= 0) {
                usedUp = later(usedUp, reset);
            }
        }
        return usedUp != null ? usedUp : known ? null : any;
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isAfter(a)) ? b : a;
    }

    /** RFC 3339, epoch seconds or millis, seconds from now, or {@code 1m30.5s}. */
    private static @Nullable Instant time(@Nullable String text, Instant now) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        Double number = number(text);
        if (number != null) {
            if (number >= EPOCH_MILLIS) {
                return Instant.ofEpochMilli((long) Math.min(number, 1e14));
            }
            return number >= EPOCH_SECONDS ? Instant.ofEpochMilli((long) (number * 1_000)) : now.plus(seconds(number));
        }
        Duration from = duration(text);
        if (from != null) {
            return now.plus(from);
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException noDate) {
            return httpDate(text);
        }
    }

    private static @Nullable Duration duration(String text) {
        Matcher parts = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (end < text.length() && parts.find(end) && parts.start() == end) {
            double amount = Double.parseDouble(parts.group(1));
            seconds += amount
                    * switch (parts.group(2)) {
                        case "d" -> 86_400;
                        case "h" -> 3_600;
                        case "m" -> 60;
                        case "s" -> 1;
                        case "ms" -> 1e-3;
                        case "ns" -> 1e-9;
                        default -> 1e-6;
                    };
            end = parts.end();
        }
        return end == 0 || end < text.length() ? null : seconds(seconds);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) Math.ceil(
                Math.max(0, Math.min(seconds, (double) LONGEST.toSeconds())) * 1_000));
    }

    private static @Nullable Instant httpDate(String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException noDate) {
            return null;
        }
    }

    private static @Nullable Double number(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 20) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.') {
                return null;
            }
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException twoPoints) {
            return null;
        }
    }
}
