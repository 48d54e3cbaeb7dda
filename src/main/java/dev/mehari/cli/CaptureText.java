package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Calls whose bodies are kept, for people to read. */
final class CaptureText {
    private CaptureText() {}

    /** One line a call, in columns. */
    static void table(JsonNode captures, PrintWriter out) {
        Columns columns = new Columns(
                "ENDED", "KEY", "STATUS", "OUTCOME", "UPSTREAM", "MODEL", "REQUEST", "ANSWER", "REQUEST ID");
        for (JsonNode call : captures) {
            columns.row(
                    call.path("at").asText(),
                    call.path("key_id").asText(),
                    call.path("status").asText(),
                    call.path("outcome").asText(),
                    orDash(call, "upstream"),
                    orDash(call, "model"),
                    size(call.path("request")),
                    size(call.path("answer")),
                    call.path("request_id").asText());
        }
        columns.print(out);
    }

    /** All that is known of one call beside its bodies. */
    static void card(JsonNode call, PrintWriter out) {
        out.println("request id   " + call.path("request_id").asText());
        out.println("ended        " + call.path("at").asText() + " ("
                + call.path("ending").asText().replace('_', ' ') + ")");
        out.println("key          " + call.path("key_id").asText());
        out.println("upstream     " + orDash(call, "upstream"));
        out.println("model        " + orDash(call, "model"));
        out.println("status       " + call.path("status").asText() + ", "
                + call.path("outcome").asText());
        out.println("time         " + call.path("total_ms").asText() + " ms");
        out.println("request      " + size(call.path("request")) + " " + orDash(call.path("request"), "content_type"));
        out.println("answer       " + size(call.path("answer")) + " " + orDash(call.path("answer"), "content_type"));
    }

    private static String size(JsonNode body) {
        String kept = body.path("kept").asText();
        return body.path("truncated").asBoolean()
                ? kept + " of " + body.path("size").asText()
                : kept;
    }

    private static String orDash(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isNull() ? "-" : value.asText();
    }
}
