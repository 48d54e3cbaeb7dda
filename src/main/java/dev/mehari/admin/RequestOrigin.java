package dev.mehari.admin;

import dev.mehari.caller.ClientNetwork;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Where a request comes from, as far as the connection, browsers and the balancer in front say so. */
final class RequestOrigin {
    private static final String REMOTE_ADDRESS = "CamelVertxPlatformHttpRemoteAddress";

    private RequestOrigin() {}

    /**
     * Refuses a request that a browser sent for a page of another host. Who sends no {@code Origin} is no browser, or asks
     * from this host.
     */
    static void check(AdminRequest request) throws AdminRefusal {
        String origin = request.text("Origin");
        String asked = authority(request.text(Exchange.HTTP_URL));
        if (origin != null && (asked == null || !asked.equalsIgnoreCase(authority(origin)))) {
            throw AdminRefusal.csrf("The request comes from a page of another host.");
        }
    }

    /** True when the client spoke TLS, to us or to what is in front of us. */
    static boolean isByTls(AdminRequest request) {
        String url = request.text(Exchange.HTTP_URL);
        return "https".equalsIgnoreCase(request.text("X-Forwarded-Proto")) || (url != null && url.startsWith("https:"));
    }

    /** The {@link ClientNetwork} that the connection comes from. */
    static String client(Exchange exchange) {
        return ClientNetwork.of(
                exchange.getMessage().getHeader(REMOTE_ADDRESS) instanceof SocketAddress address
                        ? address.hostAddress()
                        : null);
    }

    private static @Nullable String authority(@Nullable String url) {
        try {
            return url == null ? null : new URI(url).getRawAuthority();
        } catch (URISyntaxException none) {
            return null;
        }
    }
}
