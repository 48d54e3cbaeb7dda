package dev.mehari.config;

import java.time.Duration;

/**
 * What the live settings are while nobody has set them; {@code mehari config set} overrides these for good.
 *
 * @param maxConcurrent requests under way at once, at least 1
 * @param rateLimit requests let in per second, 0 for no limit
 * @param maxQueue requests waiting at once, 0 for none
 * @param queueTimeout longest wait
 */
public record ProxyDefaults(int maxConcurrent, int rateLimit, int maxQueue, Duration queueTimeout) {
    private static final int MOST = 1_000_000;

    public static ProxyDefaults from(Settings settings) {
        return new ProxyDefaults(
                settings.integer(
                        "mehari.proxy.max-concurrent",
                        100,
                        1,
                        MOST,
                        "requests under way at once, until set live as proxy.max_concurrent"),
                settings.integer(
                        "mehari.proxy.rate-limit",
                        0,
                        0,
                        MOST,
                        "requests per second, 0 for no limit, until set live as proxy.rate_limit"),
                settings.integer(
                        "mehari.proxy.max-queue",
                        200,
                        0,
                        MOST,
                        "requests waiting at once, until set live as proxy.max_queue"),
                settings.duration(
                        "mehari.proxy.queue-timeout",
                        "5s",
                        Duration.ofMillis(1),
                        "longest wait in the queue, until set live as proxy.queue_timeout"));
    }
}
