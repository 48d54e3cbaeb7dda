package dev.mehari.config;

import java.time.Duration;

/**
 * How a waiting caller is treated.
 *
 * @param heartbeat a streaming caller that waits gets an SSE comment after this, and again each time it has passed
 */
public record QueueConfig(Duration heartbeat) {
    public static QueueConfig from(Settings settings) {
        return new QueueConfig(settings.duration(
                "mehari.queue.heartbeat",
                "10s",
                Duration.ofMillis(100),
                "a waiting streaming caller gets a comment line this often"));
    }
}
