package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of a stored upstream.
 *
 * @param name as {@link UpstreamRules#name} has it
 * @param baseUrl as {@link Upstream#at} takes it
 * @param forwardProxy URL of an HTTP proxy; {@link #DIRECT} for none; null for that of the gateway
 */
public record UpstreamFields(
        String name,
        Dialect dialect,
        String baseUrl,
        @Nullable String forwardProxy,
        boolean enabled,
        UpstreamOptions options) {
    /** In place of a forward proxy: none, whatever the gateway's. */
    public static final String DIRECT = "none";

    /** A new one, as far as nothing is said of it. */
    public static final UpstreamFields NEW =
            new UpstreamFields("", Dialect.OPENAI, "", null, true, UpstreamOptions.DEFAULT);

    /**
     * Where requests go.
     *
     * @param gatewayProxy for upstreams that say nothing of a proxy; null for none
     * @throws IllegalArgumentException when a URL is none
     */
    public Upstream upstream(long id, @Nullable URI gatewayProxy) {
        URI proxy = forwardProxy == null ? gatewayProxy : forwardProxy.equals(DIRECT) ? null : URI.create(forwardProxy);
        return Upstream.at(name, dialect, URI.create(baseUrl), ForwardProxy.at(proxy), null)
                .stored(id, options);
    }
}
