package dev.mehari.config;

import java.time.Duration;

/**
 * Connections to upstreams.
 *
 * @param maxSize most connections to one upstream address
 * @param idle an unused connection is closed after this
 */
public record PoolConfig(int maxSize, Duration idle) {
    public static PoolConfig from(Settings settings) {
        return new PoolConfig(
                settings.integer(
                        "mehari.upstream.pool-max-size", 10_000, 1, 1_000_000, "most connections to one upstream"),
                settings.duration(
                        "mehari.upstream.pool-idle",
                        "55s",
                        Duration.ofMillis(1),
                        "an unused upstream connection is closed after this"));
    }
}
