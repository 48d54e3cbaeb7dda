package dev.mehari.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How calls whose try has failed are tried again.
 *
 * @param max tries after the first, 0 for none
 * @param backoff the first wait before the same way is tried again
 * @param multiplier how many times as long each further such wait is
 * @param jitterPercent by how much such a wait is longer or shorter at random, in percent
 * @param maxBackoff the longest such wait, where the upstream asks for none
 * @param longestWait an upstream that asks for a longer wait than this is not waited for
 * @param budgetPercent tries again at most, in percent of calls
 * @param statuses answers that say that nothing was done, so that any request may be sent again
 */
public record RetryConfig(
        int max,
        Duration backoff,
        int multiplier,
        int jitterPercent,
        Duration maxBackoff,
        Duration longestWait,
        int budgetPercent,
        Set<Integer> statuses) {
    private static final Duration LEAST = Duration.ofMillis(1);

    public RetryConfig {
        statuses = Set.copyOf(statuses);
    }

    public static RetryConfig from(Settings settings) {
        return new RetryConfig(
                settings.integer("mehari.retry.max", 2, 0, 20, "tries of a failed call after the first"),
                settings.duration(
                        "mehari.retry.backoff", "200ms", LEAST, "first wait before the same way is tried again"),
                settings.integer("mehari.retry.multiplier", 2, 1, 10, "times as long is each further such wait"),
                settings.integer("mehari.retry.jitter", 20, 0, 100, "percent more or less of such a wait, at random"),
                settings.duration(
                        "mehari.retry.max-backoff", "5s", LEAST, "longest such wait, where the upstream asks for none"),
                settings.duration(
                        "mehari.retry.longest-wait",
                        "30s",
                        Duration.ZERO,
                        "an upstream that asks for a longer wait is not waited for"),
                settings.integer("mehari.retry.budget", 20, 0, 100, "tries again at most, in percent of calls"),
                statuses(settings));
    }

    private static Set<Integer> statuses(Settings settings) {
        String key = "mehari.retry.statuses";
        String text = settings.text(
                key, "429,503,529", "answers after which any request is sent again, since nothing was done");
        try {
            Set<Integer> statuses = Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(one -> !one.isEmpty() && !one.equals(Settings.NONE))
                    .map(Integer::valueOf)
                    .collect(Collectors.toSet());
            if (statuses.stream().allMatch(status -> status >= 400 && status <= 599)) {
                return statuses;
            }
        } catch (NumberFormatException noStatus) {
            settings.problem(key + ": \"" + text + "\": write statuses with commas between them, or none");
            return Set.of();
        }
        settings.problem(key + ": \"" + text + "\": write statuses from 400 to 599 with commas between them, or none");
        return Set.of();
    }
}
