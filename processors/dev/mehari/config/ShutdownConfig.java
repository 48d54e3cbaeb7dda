package dev.mehari.config;

import java.time.Duration;

/**
 * How Mehari stops.
 *
 * @param drain how long calls may go on after SIGTERM before their streams are ended with an error event
 */
public record ShutdownConfig(Duration drain) {
    public static ShutdownConfig from(Settings settings) {
        return new ShutdownConfig(settings.duration(
                "mehari.shutdown.drain", "60s", Duration.ZERO, "how long calls may finish after SIGTERM"));
    }
}
