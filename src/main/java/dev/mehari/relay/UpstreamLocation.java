package dev.mehari.relay;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream is, as a feature says it. Equal ones share connections.
 *
 * @param basePath put before the request's path; empty, or with a slash at its beginning and none at its end
 * @param proxyHost host of an HTTP forward proxy that is asked to CONNECT, null for a direct connection
 * @param trust how its certificate is checked
 * @param limits how long it may take, where that differs from what the endpoint says
 */
public record UpstreamLocation(
        boolean tls,
        String host,
        int port,
        String basePath,
        @Nullable String proxyHost,
        int proxyPort,
        TlsTrust trust,
        TimeLimits limits) {

    /**
     * How a certificate is checked.
     *
     * @param authority PEM of the authority that signed it; null for those that the JVM trusts
     * @param verify false accepts any certificate
     */
    public record TlsTrust(@Nullable String authority, boolean verify) {
        public static final TlsTrust JVM = new TlsTrust(null, true);
    }

    /** Limits of an upstream's own, in nanoseconds as those of the endpoint; negative where the endpoint's hold, 0 for ever. */
    public record TimeLimits(long connectNanos, long firstByteNanos, long idleNanos, long totalNanos) {
        public static final TimeLimits ENDPOINTS = new TimeLimits(-1, -1, -1, -1);
    }

    /** One reached directly, checked as the JVM does, with the endpoint's time limits. */
    public UpstreamLocation(boolean tls, String host, int port, String basePath) {
        this(tls, host, port, basePath, null, 0, TlsTrust.JVM, TimeLimits.ENDPOINTS);
    }

    RelayTarget target(@Nullable SslContext context) {
        // Not resolved here: that would block the event loop.
        InetSocketAddress proxy = proxyHost == null ? null : InetSocketAddress.createUnresolved(proxyHost, proxyPort);
        return new RelayTarget(new UpstreamAddress(host, port, context, proxy), basePath, null, limits);
    }
}
