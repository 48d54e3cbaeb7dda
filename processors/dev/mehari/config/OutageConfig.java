package dev.mehari.config;

import java.time.Duration;

/**
 * How long an outage of the database is borne.
 *
 * @param grace how long the database may be away before this instance calls itself not ready; zero for at once
 */
public record OutageConfig(Duration grace) {
    public static OutageConfig from(Settings settings) {
        return new OutageConfig(settings.duration(
                "mehari.limits.outage", "30s", Duration.ZERO, "how long the database may be away before unready"));
    }
}
