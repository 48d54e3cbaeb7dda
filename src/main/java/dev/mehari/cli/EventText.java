package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;

/** Calls as lines for people. */
final class EventText {
    private static final String ROW = "%-27s %-9s %6s %-10s %-14s %6s %-24s %8s %9s %12s  %s%n";

    private EventText() {}

    static void head(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                ROW,
                "at",
                "outcome",
                "status",
                "key",
                "upstream",
                "cred.",
                "model",
                "ms",
                "tokens",
                "cost USD",
                "request");
    }

    static void print(JsonNode event, PrintWriter out) {
        long tokens = event.path("input_tokens").asLong()
                + event.path("cached_tokens").asLong()
                + event.path("cache_write_tokens").asLong()
                + event.path("output_tokens").asLong();
        out.printf(
                Locale.ROOT,
                ROW,
                event.path("at").asText(),
                event.path("outcome").asText(),
                event.path("status").asText(),
                event.path("key_id").asText(),
                event.path("upstream").asText("-"),
                event.path("credential_id").asText(),
                event.path("model").asText("-"),
                event.path("total_ms").asText("-"),
                tokens,
                event.path("cost").asText(),
                event.path("request_id").asText()
                        + (event.path("reason").isTextual()
                                ? " " + event.path("reason").textValue()
                                : ""));
    }
}
