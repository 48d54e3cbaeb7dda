package dev.mehari.cli;

import dev.mehari.benchmark.RequestTemplate;
import dev.mehari.benchmark.SampleRequests;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code mehari benchmark} that say what each request is. */
final class BenchmarkRequest {
    @Option(names = "--url", required = true, description = "Where to send requests.")
    private String url = "";

    @Option(names = "--method", description = "Method (POST with a body, else GET).")
    private @Nullable String method;

    @Option(names = "--body", description = "Body of each request (a sample of 1 KB where the path is an LLM API's).")
    private @Nullable String body;

    @Option(names = "--body-file", description = "File that holds the body.")
    private @Nullable Path bodyFile;

    @Option(names = "--header", description = "A header as 'Name: value'; may be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--key", description = "API key, sent as 'Authorization: Bearer KEY'.")
    private @Nullable String key;

    @Option(names = "--stream", description = "Ask for event streams; time their events and check their ends.")
    private boolean stream;

    boolean isStream() {
        return stream;
    }

    /** Returns the request; throws {@link IllegalArgumentException} with a message for the user when it cannot be sent. */
    RequestTemplate template() {
        URI target = target();
        String content = content(target);
        String verb = method == null ? (content.isEmpty() ? "GET" : "POST") : method.toUpperCase(Locale.ROOT);
        return RequestTemplate.of(target, verb, allHeaders(target, !content.isEmpty()), content);
    }

    private URI target() {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("--url is not a URL: " + e.getMessage(), e);
        }
    }

    private String content(URI target) {
        if (body != null && bodyFile != null) {
            throw new IllegalArgumentException("--body and --body-file exclude each other");
        }
        if (body != null) {
            return body;
        }
        if (bodyFile != null) {
            try {
                return Files.readString(bodyFile);
            } catch (IOException e) {
                throw new IllegalArgumentException("--body-file " + bodyFile + " cannot be read: " + e, e);
            }
        }
        String path = target.getPath() == null ? "" : target.getPath();
        boolean mayHaveBody = method == null || method.equalsIgnoreCase("POST");
        return mayHaveBody ? SampleRequests.bodyFor(path, stream).orElse("") : "";
    }

    private Map<String, String> allHeaders(URI target, boolean hasBody) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("accept", stream ? "text/event-stream" : "*/*");
        if (hasBody) {
            all.put("content-type", "application/json");
        }
        if (target.getPath() != null && target.getPath().contains("/v1/messages")) {
            all.put("anthropic-version", "2023-06-01");
        }
        if (key != null) {
            all.put("authorization", "Bearer " + key);
        }
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("--header must look like 'Name: value', not '" + header + "'");
            }
            all.put(
                    header.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        return all;
    }
}
