package dev.mehari.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For how long an answer says to leave an upstream alone, by where it says so: from zero, which is also what a time that is
 * past comes to, to 31 days. What cannot be read is as if it were not there.
 *
 * @param asked what {@code retry-after-ms}, else {@code Retry-After} (RFC 9110, section 10.2.3) ask for
 * @param limits until the last of the limits that are used up is reset, of {@code x-ratelimit-reset[-requests|-tokens]}
 *     (platform.openai.com/docs/guides/rate-limits), {@code anthropic-ratelimit-*-reset} (docs.anthropic.com/en/api/rate-limits)
 *     and {@code ratelimit-reset}, each beside its {@code remaining} or {@code status}; the last of all where none says what remains
 * @param body {@code quotaResetTimeStamp}, else {@code quotaResetDelay} or {@code retryDelay}, in an error of Google's
 */
public record ResetHints(
        @Nullable Duration asked,
        @Nullable Duration limits,
        @Nullable Duration body) {
    /** Longer bodies are not searched. */
    static final int LONGEST_BODY = 64 * 1024;

    /** The headers of one limit; {@code status} where it says in words whether it is used up. */
    private record Limit(
            String reset, String remaining, @Nullable String status) {}

    private static final List<Limit> LIMITS = List.of(
            new Limit("x-ratelimit-reset", "x-ratelimit-remaining", null),
            new Limit("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests", null),
            new Limit("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens", null),
            new Limit("ratelimit-reset", "ratelimit-remaining", null),
            anthropic("requests"),
            anthropic("tokens"),
            anthropic("input-tokens"),
            anthropic("output-tokens"),
            anthropic("unified"));

    private static final Pattern STAMP = Pattern.compile("\"quotaResetTimeStamp\"\\s*:\\s*\"([^\"]{1,40})\"");
    private static final Pattern DELAY =
            Pattern.compile("\"(?:quotaResetDelay|retryDelay)\"\\s*:\\s*\"([^\"]{1,40})\"");

    /** What the headers of an answer say. {@code header} is asked for names in lower case; of a list, the first value counts. */
    public static ResetHints of(Function<String, @Nullable Object> header, Instant now) {
        return of(header, new byte[0], now);
    }

    /** What an answer says; {@code body} is empty where it is not known. */
    public static ResetHints of(Function<String, @Nullable Object> header, byte[] body, Instant now) {
        Duration millis = ResetTime.millis(text(header, "retry-after-ms"));
        return new ResetHints(
                millis != null ? millis : retryAfter(text(header, "retry-after"), now),
                ofLimits(header, now),
                inBody(body, now));
    }

    /** What a {@code Retry-After} asks for; null for one that cannot be read. */
    public static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
        Duration seconds = ResetTime.seconds(value);
        return seconds != null ? seconds : ResetTime.httpDate(value, now);
    }

    private static @Nullable Duration ofLimits(Function<String, @Nullable Object> header, Instant now) {
        Duration usedUp = null;
        Duration any = null;
        boolean told = false;
        for (Limit limit : LIMITS) {
            Duration reset = ResetTime.parse(text(header, limit.reset), now);
            Double remaining = ResetTime.number(text(header, limit.remaining));
            String status = limit.status == null ? null : text(header, limit.status);
            told |= remaining != null || status != null;
            any = longer(any, reset);
            if ("rejected".equals(status) || (remaining != null && remaining <= 0)) {
                usedUp = longer(usedUp, reset);
            }
        }
        return told ? usedUp : any;
    }

    private static @Nullable Duration inBody(byte[] body, Instant now) {
        if (body.length == 0 || body.length > LONGEST_BODY) {
            return null;
        }
        String text = new String(body, UTF_8);
        Matcher stamp = STAMP.matcher(text);
        Duration reset = stamp.find() ? ResetTime.parse(stamp.group(1), now) : null;
        if (reset != null) {
            return reset;
        }
        Matcher delay = DELAY.matcher(text);
        return delay.find() ? ResetTime.parse(delay.group(1), now) : null;
    }

    private static Limit anthropic(String kind) {
        String limit = "anthropic-ratelimit-" + kind;
        return new Limit(limit + "-reset", limit + "-remaining", limit + "-status");
    }

    private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
        return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
    }

    private static @Nullable String text(Function<String, @Nullable Object> header, String name) {
        Object value = header.apply(name);
        if (value instanceof List<?> several) {
            value = several.isEmpty() ? null : several.get(0);
        }
        return value == null ? null : value.toString().strip();
    }
}
