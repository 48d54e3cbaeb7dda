package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.StringJoiner;

/** Keys for people to read. */
final class KeyText {
    private KeyText() {}

    /** One line a key, in columns. */
    static void table(JsonNode keys, PrintWriter out) {
        Columns columns =
                new Columns("ID", "NAME", "PREFIX", "STATE", "PRIORITY", "LIMITS", "OWNER", "EXPIRES", "CAPTURE");
        for (JsonNode key : keys) {
            columns.row(
                    text(key, "id"),
                    text(key, "name"),
                    text(key, "prefix"),
                    text(key, "state"),
                    text(key, "priority"),
                    orDash(limits(key.path("limits"))),
                    orDash(text(key, "owner")),
                    orDash(expiry(key)),
                    orDash(capture(key)));
        }
        columns.print(out);
    }

    /** All that there is to say about one key. */
    static void card(JsonNode key, PrintWriter out) {
        line(out, "id", text(key, "id"));
        line(out, "name", text(key, "name"));
        line(out, "prefix", text(key, "prefix"));
        line(out, "state", text(key, "state"));
        line(out, "priority", text(key, "priority"));
        line(out, "owner", text(key, "owner"));
        line(out, "tags", list(key.path("tags")));
        line(out, "description", text(key, "description"));
        line(out, "created", text(key, "created_at"));
        line(out, "activated", text(key, "activated_at"));
        line(out, "deleted", text(key, "deleted_at"));
        line(out, "expires", expiry(key));
        line(out, "models", list(key.path("allowed_models")));
        line(out, "clients", list(key.path("allowed_clients")));
        line(out, "upstreams", list(key.path("allowed_upstreams")));
        line(out, "limits", limits(key.path("limits")));
        line(out, "capture", capture(key));
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.println(name + " ".repeat(13 - name.length()) + value);
        }
    }

    private static String expiry(JsonNode key) {
        String at = text(key, "expires_at");
        String after = text(key, "expires_after");
        return at.isEmpty() && !after.isEmpty() ? after + " after its first use" : at;
    }

    private static String capture(JsonNode key) {
        String until = text(key, "capture_until");
        return until.isEmpty() ? "" : text(key, "capture") + " until " + until;
    }

    private static String limits(JsonNode limits) {
        StringJoiner all = new StringJoiner(", ");
        add(all, limits, "concurrency", "", " at once");
        add(all, limits, "requests", "", " requests");
        add(all, limits, "tokens", "", " tokens");
        add(all, limits, "tokens_per_minute", "", "/1m tokens");
        add(all, limits, "budget_daily", "$", " a day");
        add(all, limits, "budget_weekly", "$", " a week");
        add(all, limits, "budget_total", "$", " in total");
        JsonNode queue = limits.path("queue");
        if (queue.isObject()) {
            all.add("queue of " + text(queue, "size") + " for " + text(queue, "timeout"));
        }
        return all.toString();
    }

    private static void add(StringJoiner all, JsonNode limits, String name, String before, String after) {
        String limit = text(limits, name);
        if (!limit.isEmpty() && !limit.equals("0")) {
            all.add(before + limit + after);
        }
    }

    private static String list(JsonNode texts) {
        StringJoiner all = new StringJoiner(", ");
        texts.forEach(text -> all.add(text.asText()));
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
