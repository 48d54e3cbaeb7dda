package dev.mehari.config;

import java.time.Duration;

/**
 * How upstreams are asked whether they work.
 *
 * @param atOnce questions under way at most
 * @param timeout how long an answer may take
 * @param failures wrong or missing answers in a row that mark an upstream as failed
 */
public record ProbeConfig(int atOnce, Duration timeout, int failures) {
    public static ProbeConfig from(Settings settings) {
        return new ProbeConfig(
                settings.integer("mehari.probe.at-once", 4, 1, 100, "health questions to upstreams under way at most"),
                settings.duration(
                        "mehari.probe.timeout",
                        "10s",
                        Duration.ofMillis(1),
                        "how long the answer to a health question may take"),
                settings.integer(
                        "mehari.probe.failures", 3, 1, 100, "wrong answers in a row that mark an upstream as failed"));
    }
}
