package dev.mehari.config;

import java.time.Duration;

/**
 * What a client may send.
 *
 * @param maxBody largest request body; one byte more is refused with 413
 * @param maxHeader all request header lines together
 * @param maxInitialLine the request line, so the longest path and query
 * @param requestIdle longest silence while a request is being sent, and longest time in which a client takes nothing of
 *     its answer
 * @param keepAlive an unused client connection is closed after this
 */
public record RelayLimits(
        ByteSize maxBody, ByteSize maxHeader, ByteSize maxInitialLine, Duration requestIdle, Duration keepAlive) {
    private static final Duration LEAST = Duration.ofMillis(1);

    public static RelayLimits from(Settings settings) {
        return new RelayLimits(
                settings.size("mehari.relay.max-body", "12000000", 0, Integer.MAX_VALUE, "largest request body"),
                settings.size("mehari.relay.max-header", "64KiB", 1024, 16 << 20, "largest request header, all lines"),
                settings.size("mehari.relay.max-initial-line", "16KiB", 256, 1 << 20, "longest request line"),
                settings.duration(
                        "mehari.relay.request-idle",
                        "30s",
                        LEAST,
                        "longest silence of a client that sends its request or takes its answer"),
                settings.duration(
                        "mehari.relay.keep-alive", "75s", LEAST, "an unused client connection is closed after this"));
    }
}
