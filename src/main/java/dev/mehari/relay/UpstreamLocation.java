package dev.mehari.relay;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream is, as a feature says it.
 *
 * @param basePath put before the request's path; empty, or with a slash at its beginning and none at its end
 * @param proxyHost host of an HTTP forward proxy that is asked to CONNECT, null for a direct connection
 */
public record UpstreamLocation(
        boolean tls,
        String host,
        int port,
        String basePath,
        @Nullable String proxyHost,
        int proxyPort) {

    RelayTarget target(@Nullable SslContext context) {
        // Not resolved here: that would block the event loop.
        InetSocketAddress proxy = proxyHost == null ? null : InetSocketAddress.createUnresolved(proxyHost, proxyPort);
        return new RelayTarget(new UpstreamAddress(host, port, context, proxy), basePath, null);
    }
}
