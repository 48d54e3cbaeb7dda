package dev.mehari.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind Mehari.
 *
 * @param host of the target; null for the vendors' own or the simulated upstream
 * @param port of the target
 * @param tls whether the target speaks HTTPS
 * @param path put before every path that is forwarded to the target; empty or begins with a slash
 * @param authorization the Authorization header that the target gets from us; null for none
 * @param openaiKey what we authenticate with at OpenAI; null for none
 * @param anthropicKey what we authenticate with at Anthropic; null for none
 * @param forwardProxy HTTP proxy on the way to upstreams; null to go directly
 */
public record TargetConfig(
        @Nullable String host,
        int port,
        boolean tls,
        String path,
        @Nullable Secret authorization,
        @Nullable Secret openaiKey,
        @Nullable Secret anthropicKey,
        @Nullable URI forwardProxy) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    public static TargetConfig from(Settings settings) {
        String host = settings.optionalText("mehari.target.host", "host that requests are forwarded to");
        boolean tls = settings.flag("mehari.target.tls", false, "the target speaks HTTPS");
        int port = settings.integer(
                "mehari.target.port", 0, 0, 65_535, "port of the target; 0 is 443 with TLS and 80 without");
        String path = settings.text("mehari.target.path", "/", "put before every path that goes to the target");
        if (!path.startsWith("/")) {
            settings.problem("mehari.target.path must begin with a slash: write /" + path);
        }
        if (host != null && (host.contains("/") || host.contains(" "))) {
            settings.problem("mehari.target.host is a host name alone: "
                    + "give port, TLS and path with mehari.target.port, mehari.target.tls and mehari.target.path");
        }
        if (host == null && (settings.isGiven("mehari.target.port") || settings.isGiven("mehari.target.tls"))) {
            settings.problem("a target's port or TLS is set without its host: add --target-host");
        }
        Secret authorization = settings.optionalSecret(
                "mehari.target.authorization", "Authorization header for the target, such as Bearer and a token");
        if (host == null && authorization != null) {
            settings.problem("mehari.target.authorization is set without a target: add --target-host");
        }
        Secret openaiKey =
                settings.optionalSecret("mehari.openai.api-key", "key for api.openai.com; OPENAI_API_KEY sets it, too");
        Secret anthropicKey = settings.optionalSecret(
                "mehari.anthropic.api-key", "key for api.anthropic.com; ANTHROPIC_API_KEY sets it, too");
        URI forwardProxy = settings.optionalUri("mehari.upstream.forward-proxy", "HTTP proxy on the way to upstreams");
        if (forwardProxy != null && forwardProxy.getUserInfo() != null) {
            settings.problem("mehari.upstream.forward-proxy: Mehari logs in to no proxy: "
                    + "leave user and password out, and let it in by its address");
        }
        return new TargetConfig(
                host != null && host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host,
                port == 0 ? (tls ? HTTPS : HTTP) : port,
                tls,
                path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
                authorization,
                openaiKey,
                anthropicKey,
                forwardProxy);
    }

    /** True when requests go to the simulated upstream. */
    public boolean isNothingConfigured() {
        return host == null && openaiKey == null && anthropicKey == null;
    }
}
