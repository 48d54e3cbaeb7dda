package dev.mehari.relay;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where upstream connections go; connections to equal addresses are interchangeable.
 *
 * @param tls how to speak TLS, with {@code host} as server name and in the certificate; null for plain HTTP
 * @param proxy an HTTP forward proxy that is asked to CONNECT; null for a direct connection
 */
record UpstreamAddress(
        String host,
        int port,
        @Nullable SslContext tls,
        @Nullable InetSocketAddress proxy) {
    /** The value of the Host header. */
    String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls == null ? 80 : 443) ? name : name + ":" + port;
    }
}
