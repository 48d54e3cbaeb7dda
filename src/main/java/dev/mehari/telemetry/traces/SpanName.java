package dev.mehari.telemetry.traces;

import dev.mehari.inspection.Endpoint;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/** Names of spans, of which there are few whatever callers ask for. */
final class SpanName {
    private static final String OTHER = "_OTHER";

    private SpanName() {}

    /** Such as {@code POST /v1/messages}; the method alone for a path that Mehari does not know. */
    static String of(String method, String path) {
        Endpoint endpoint = Endpoint.at(path);
        String known = known(method);
        String verb = known.equals(OTHER) ? "HTTP" : known;
        return endpoint == null ? verb : verb + " " + endpoint.path();
    }

    /** The method, and the path where it is a known one. */
    static void describe(AttributesBuilder all, String method, @Nullable Endpoint endpoint) {
        all.put("http.request.method", known(method));
        if (endpoint != null) {
            all.put("url.path", endpoint.path());
        }
    }

    private static String known(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT" -> method;
            default -> OTHER;
        };
    }
}
