package dev.mehari.relay;

import java.time.Duration;

/**
 * Bounds of a listening port.
 *
 * @param maxBodyBytes largest request body; one byte more is refused with 413
 * @param maxHeaderBytes all request headers together; more is refused with 431
 * @param maxInitialLineBytes method, target and version; more is refused with 414
 * @param requestIdle how long a client may be silent inside its request before it is refused with 408
 * @param keepAliveIdle how long a connection without a request is kept
 */
public record RelayLimits(
        int maxBodyBytes, int maxHeaderBytes, int maxInitialLineBytes, Duration requestIdle, Duration keepAliveIdle) {
    public static final RelayLimits DEFAULTS =
            new RelayLimits(12_000_000, 32 * 1024, 8 * 1024, Duration.ofSeconds(30), Duration.ofSeconds(75));
}
