package dev.mehari.config;

import java.time.Duration;

/**
 * How Mehari starts.
 *
 * @param warmUp how long requests of its own go through it before it is ready; zero for not at all
 */
public record StartConfig(Duration warmUp) {
    public static StartConfig from(Settings settings) {
        return new StartConfig(settings.duration(
                "mehari.start.warm-up",
                "800ms",
                Duration.ZERO,
                "how long requests of its own warm it up before it is ready; 0 for not at all"));
    }
}
