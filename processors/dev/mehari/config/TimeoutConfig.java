package dev.mehari.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an upstream may take.
 *
 * @param connect to accept a connection, TLS included
 * @param firstByte from the request sent to the answer's head
 * @param idle between two pieces of an answer
 * @param total from the start of the call to the last byte; null for no bound
 */
public record TimeoutConfig(
        Duration connect,
        Duration firstByte,
        Duration idle,
        @Nullable Duration total) {
    private static final Duration LEAST = Duration.ofMillis(1);

    public static TimeoutConfig from(Settings settings) {
        Duration connect = settings.duration(
                "mehari.upstream.connect-timeout", "10s", LEAST, "longest time to connect to an upstream");
        Duration read = settings.duration(
                "mehari.upstream.read-timeout", "300s", LEAST, "first-byte and idle timeout, where not set themselves");
        Duration firstByte = settings.optionalDuration(
                "mehari.upstream.first-byte-timeout",
                Settings.NONE,
                LEAST,
                "longest wait for the answer's head; none takes read-timeout");
        Duration idle = settings.optionalDuration(
                "mehari.upstream.idle-timeout",
                Settings.NONE,
                LEAST,
                "longest silence inside an answer; none takes read-timeout");
        Duration total = settings.optionalDuration(
                "mehari.upstream.total-timeout", Settings.NONE, LEAST, "longest whole call; none sets no bound");
        return new TimeoutConfig(connect, firstByte == null ? read : firstByte, idle == null ? read : idle, total);
    }
}
