package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where requests go: one base URL that speaks one dialect. Holds all that the relay needs to connect; the host is also the
 * name that TLS asks for (SNI) and verifies.
 *
 * @param id in the table {@code upstream}; 0 for one that the configuration alone knows
 * @param name short and stable, for logs and metrics
 * @param dialect what it speaks; {@code PLAIN} for any HTTP, and for both LLM APIs at once
 * @param host without brackets, also for IPv6
 * @param port 1..65535
 * @param basePath goes in front of the request's path: empty, or with a leading and without a trailing slash
 * @param forwardProxy null when the upstream is reached directly
 * @param credential what the configuration alone gives it; null when it needs none, or has stored ones
 * @param options what an operator decided about it
 */
public record Upstream(
        long id,
        String name,
        Dialect dialect,
        boolean tls,
        String host,
        int port,
        String basePath,
        @Nullable ForwardProxy forwardProxy,
        @Nullable UpstreamCredential credential,
        UpstreamOptions options) {
    public Upstream {
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("upstream " + name + " needs a host and a port from 1 to 65535");
        }
        if (!basePath.isEmpty() && (!basePath.startsWith("/") || basePath.endsWith("/"))) {
            throw new IllegalArgumentException("base path " + basePath + " has to start, and not to end, with a slash");
        }
    }

    /** An upstream that the configuration alone knows. */
    Upstream(
            String name,
            Dialect dialect,
            boolean tls,
            String host,
            int port,
            String basePath,
            @Nullable ForwardProxy forwardProxy,
            @Nullable UpstreamCredential credential) {
        this(0, name, dialect, tls, host, port, basePath, forwardProxy, credential, UpstreamOptions.DEFAULT);
    }

    /** The same with options and the id under which it is stored. */
    public Upstream stored(long id, UpstreamOptions options) {
        return new Upstream(id, name, dialect, tls, host, port, basePath, forwardProxy, credential, options);
    }

    /**
     * An upstream at a base URL. A path of {@code /v1} at its end is left out, since request paths carry it.
     *
     * @param base http or https, without user, query and fragment
     */
    public static Upstream at(
            String name,
            Dialect dialect,
            URI base,
            @Nullable ForwardProxy forwardProxy,
            @Nullable UpstreamCredential credential) {
        boolean tls = "https".equalsIgnoreCase(base.getScheme());
        if (base.getHost() == null || !(tls || "http".equalsIgnoreCase(base.getScheme()))) {
            throw new IllegalArgumentException(name + " needs a base URL such as https://api.example.com");
        }
        if (base.getRawUserInfo() != null || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException("the base URL of " + name + " must not hold a user, query or fragment");
        }
        int port = base.getPort() < 0 ? defaultPort(tls) : base.getPort();
        String host = base.getHost().startsWith("[")
                ? base.getHost().substring(1, base.getHost().length() - 1)
                : base.getHost();
        return new Upstream(name, dialect, tls, host, port, basePath(base), forwardProxy, credential);
    }

    private static String basePath(URI base) {
        String path = base.getRawPath() == null ? "" : base.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.endsWith("/v1") ? path.substring(0, path.length() - "/v1".length()) : path;
    }

    /** Value of the {@code Host} header; the port is left out when it is the scheme's own. */
    public String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == defaultPort(tls) ? name : name + ":" + port;
    }

    private static int defaultPort(boolean tls) {
        return tls ? 443 : 80;
    }
}
