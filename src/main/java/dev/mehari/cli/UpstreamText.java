package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.StringJoiner;

/** Upstreams for people to read. */
final class UpstreamText {
    private static final int NAME_WIDTH = 17;

    private UpstreamText() {}

    /** One line an upstream, in columns. */
    static void table(JsonNode upstreams, PrintWriter out) {
        Columns columns = new Columns("NAME", "DIALECT", "STATE", "PRIORITY", "WEIGHT", "BASE URL", "MODELS");
        for (JsonNode upstream : upstreams) {
            columns.row(
                    text(upstream, "name"),
                    text(upstream, "dialect"),
                    text(upstream, "state"),
                    text(upstream, "priority"),
                    text(upstream, "weight"),
                    text(upstream, "base_url"),
                    orDash(list(upstream.path("models"))));
        }
        columns.print(out);
    }

    /** One line an event, in columns. */
    static void events(JsonNode events, PrintWriter out) {
        Columns columns = new Columns("AT", "UPSTREAM", "CREDENTIAL", "WHAT", "DETAIL");
        for (JsonNode event : events) {
            columns.row(
                    text(event, "at"),
                    text(event, "upstream"),
                    orDash(text(event, "credential")),
                    text(event, "what"),
                    text(event, "detail"));
        }
        columns.print(out);
    }

    /** All that there is to say about one upstream. */
    static void card(JsonNode upstream, PrintWriter out) {
        for (String field : List.of("name", "dialect", "base_url", "forward_proxy", "state")) {
            line(out, field, text(upstream, field));
        }
        line(out, "failed", (text(upstream, "failed_at") + " " + text(upstream, "failed_reason")).strip());
        line(out, "declared", upstream.path("declared").asBoolean() ? "by the file applied at start" : "");
        for (String field : List.of("priority", "weight", "max_concurrent")) {
            line(out, field, text(upstream, field));
        }
        line(out, "models", list(upstream.path("models")));
        line(out, "aliases", pairs(upstream.path("aliases")));
        line(out, "credentials", text(upstream, "choice") + turns(upstream));
        line(out, "sticky", text(upstream, "sticky"));
        line(out, "timeouts", pairs(upstream.path("timeouts")));
        line(
                out,
                "tls",
                (upstream.at("/tls/authority").isTextual() ? "authority of its own" : "")
                        + (upstream.at("/tls/verify").asBoolean(true) ? "" : " any certificate is taken"));
        line(out, "probe", pairs(upstream.path("probe")));
        line(out, "created", text(upstream, "created_at"));
        line(out, "updated", text(upstream, "updated_at"));
    }

    private static String turns(JsonNode upstream) {
        return text(upstream, "choice").equals("rotation")
                ? ", " + text(upstream, "rotation_calls") + " calls a turn"
                : "";
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isBlank()) {
            out.println(name + " ".repeat(NAME_WIDTH - name.length()) + value.strip());
        }
    }

    private static String list(JsonNode texts) {
        StringJoiner all = new StringJoiner(", ");
        texts.forEach(text -> all.add(text.asText()));
        return all.toString();
    }

    private static String pairs(JsonNode object) {
        StringJoiner all = new StringJoiner(", ");
        object.properties().forEach(pair -> {
            if (!pair.getValue().isNull()) {
                all.add(pair.getKey() + "=" + pair.getValue().asText());
            }
        });
        return all.toString();
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isNull() ? "" : value.asText();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
