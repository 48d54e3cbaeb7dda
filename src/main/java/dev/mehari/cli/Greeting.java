package dev.mehari.cli;

import dev.mehari.app.Gateway;
import dev.mehari.caller.NewKey;
import dev.mehari.config.Configuration;
import dev.mehari.config.ListenConfig;
import dev.mehari.upstream.Upstream;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code mehari run} prints once requests can be served: where it is, the first key, and a call that works. */
final class Greeting {
    private final Gateway gateway;
    private final Configuration configuration;
    private final boolean keepsKey;

    /**
     * A greeting of a gateway that has started.
     *
     * @param keepsKey true when the first key is not to be shown, since it came from a file
     */
    Greeting(Gateway gateway, Configuration configuration, boolean keepsKey) {
        this.gateway = gateway;
        this.configuration = configuration;
        this.keepsKey = keepsKey;
    }

    /** The same as one JSON document; {@code apiKey} is null unless it was made just now and may be shown. */
    record Document(
            String url,
            String adminUrl,
            List<String> upstreams,
            @Nullable String apiKey,
            String curl) {}

    Document document() {
        NewKey key = key();
        return new Document(
                url(),
                adminUrl(),
                gateway.upstreams().stream().map(Greeting::shown).toList(),
                key == null ? null : key.key(),
                curl());
    }

    void print(PrintWriter out) {
        out.println("Mehari is ready.");
        out.println("  Data port:   " + url());
        out.println("  Management:  " + adminUrl());
        out.println("  Upstream:    "
                + gateway.upstreams().stream().map(Greeting::shown).collect(Collectors.joining(", ")));
        NewKey key = key();
        if (key != null) {
            out.println();
            out.println("API key: " + key.key());
            out.println("(shown this once; keep it)");
        }
        out.println();
        out.println("Try it:");
        out.println("  " + curl());
        out.flush();
    }

    private String url() {
        return "http://" + ListenConfig.reachable(configuration.listen().host()) + ":" + gateway.port();
    }

    private String adminUrl() {
        return "http://" + ListenConfig.reachable(configuration.listen().adminHost()) + ":" + gateway.adminPort();
    }

    private @Nullable NewKey key() {
        return keepsKey ? null : gateway.firstKey();
    }

    private String curl() {
        return "curl -N " + url() + "/v1/chat/completions" + authorization(key())
                + " -H 'Content-Type: application/json'"
                + " -d '{\"model\":\"gpt-4o-mini\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'";
    }

    private String authorization(@Nullable NewKey key) {
        if (!configuration.auth().required()) {
            return "";
        }
        return " -H 'Authorization: Bearer " + (key == null ? "'\"$MEHARI_KEY\"" : key.key() + "'");
    }

    private static String shown(Upstream upstream) {
        return upstream.name() + " (" + (upstream.tls() ? "https://" : "http://") + upstream.authority()
                + upstream.basePath() + ")";
    }
}
