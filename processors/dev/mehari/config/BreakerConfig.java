package dev.mehari.config;

import java.time.Duration;

/**
 * When an upstream is left alone.
 *
 * @param threshold failures in a row that open the breaker
 * @param openFor how long it stays open before calls are tried again
 */
public record BreakerConfig(int threshold, Duration openFor) {
    private static final Duration LEAST = Duration.ofSeconds(1);

    public static BreakerConfig from(Settings settings) {
        return new BreakerConfig(
                settings.integer("mehari.breaker.threshold", 5, 1, 100_000, "failures in a row that open the breaker"),
                settings.duration("mehari.breaker.wait", "60s", LEAST, "how long an open breaker refuses"));
    }
}
