package dev.mehari.benchmark;

import java.util.Optional;

/** A sensible request of about 1 KB for each LLM API, chosen by the end of the path. */
public final class SampleRequests {
    private static final String TEXT =
            "Tell me which spices of the market of Saint-Denis go with lentils, and why. ".repeat(11);

    private SampleRequests() {}

    /** Returns the JSON body to POST to {@code path}, or nothing when it is no LLM API. */
    public static Optional<String> bodyFor(String path, boolean stream) {
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"" + TEXT + "\"}]";
        String end = stream ? ",\"stream\":true}" : "}";
        if (path.endsWith("/chat/completions")) {
            return Optional.of("{\"model\":\"sim-small\"," + messages + end);
        }
        if (path.endsWith("/responses")) {
            return Optional.of("{\"model\":\"sim-small\",\"input\":\"" + TEXT + "\"" + end);
        }
        if (path.endsWith("/messages")) {
            return Optional.of("{\"model\":\"sim-small\",\"max_tokens\":1024," + messages + end);
        }
        if (path.endsWith("/messages/count_tokens")) {
            return Optional.of("{\"model\":\"sim-small\"," + messages + "}");
        }
        if (path.endsWith("/embeddings")) {
            return Optional.of("{\"model\":\"text-embedding-3-small\",\"input\":\"" + TEXT + "\"}");
        }
        return Optional.empty();
    }
}
