package dev.mehari.retry;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as Go writes them: {@code 1s}, {@code 6m0s}, {@code 120ms}, {@code 1h30m2.5s}; days besides. */
final class UnitDuration {
    private static final Pattern WHOLE =
            Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:d|h|ms|m|s|us|µs|ns)){1,7}");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(d|h|ms|m|s|us|µs|ns)");

    private UnitDuration() {}

    static @Nullable Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return null;
        }
        double seconds = 0;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            seconds += Double.parseDouble(parts.group(1)) * unit(parts.group(2));
        }
        return Duration.ofNanos(Math.round(Math.min(seconds, (double) RetryHints.LONGEST.toSeconds()) * 1e9));
    }

    private static double unit(String unit) {
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
