package dev.mehari.config;

import java.time.Duration;

/**
 * How Mehari stops.
 *
 * @param notice how long readiness fails before connections are refused, so that balancers notice first
 * @param drain how long calls may go on after SIGTERM before their streams are ended with an error event
 */
public record ShutdownConfig(Duration notice, Duration drain) {
    public static ShutdownConfig from(Settings settings) {
        return new ShutdownConfig(
                settings.duration(
                        "mehari.shutdown.notice",
                        "0s",
                        Duration.ZERO,
                        "how long readiness fails on SIGTERM before connections are refused"),
                settings.duration(
                        "mehari.shutdown.drain", "60s", Duration.ZERO, "how long calls may finish after that"));
    }
}
