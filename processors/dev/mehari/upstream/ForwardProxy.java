package dev.mehari.upstream;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy through which an upstream is reached, by CONNECT for TLS.
 *
 * @param host name or address
 * @param port 1..65535
 */
public record ForwardProxy(String host, int port) {
    public ForwardProxy {
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("a forward proxy needs a host and a port from 1 to 65535");
        }
    }

    /** The proxy at {@code url}; null for null. */
    static @Nullable ForwardProxy at(@Nullable URI url) {
        return url == null ? null : new ForwardProxy(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
    }
}
