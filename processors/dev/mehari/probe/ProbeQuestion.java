package dev.mehari.probe;

import dev.mehari.upstream.Upstream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream is asked. Its text form shows no header.
 *
 * @param path with the upstream's base path in front
 * @param headers by name; one of them may be a credential
 * @param body JSON to post; null for a GET
 */
public record ProbeQuestion(
        Upstream upstream,
        String path,
        Map<String, String> headers,
        @Nullable String body) {
    public ProbeQuestion {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return upstream.name() + " " + path;
    }
}
