package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari usage}: calls, tokens and money by key, model and day. */
@Command(
        name = "usage",
        description = "Shows what keys have used, by model and day (UTC).",
        mixinStandardHelpOptions = true)
final class UsageCommand extends AdminCommand {
    private static final String ROW = "%-10s %8s %-28s %9s %9s %12s %12s %12s %12s %12s %14s%n";

    @Option(names = "--key", paramLabel = "ID", description = "Only this key; 0 for anonymous callers.")
    private @Nullable String key;

    @Option(names = "--model", paramLabel = "MODEL", description = "Only this model.")
    private @Nullable String model;

    @Option(names = "--from", paramLabel = "DAY", description = "First day, such as 2026-01-31 (default: 30 days).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DAY", description = "Last day (default: today).")
    private @Nullable String to;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        StringJoiner query = new StringJoiner("&", "/api/usage?", "").setEmptyValue("/api/usage");
        add(query, "key", key);
        add(query, "model", model);
        add(query, "from", from);
        add(query, "to", to);
        return client.get(query.toString());
    }

    private static void add(StringJoiner query, String name, @Nullable String value) {
        if (value != null) {
            query.add(name + "=" + AdminClient.segment(value));
        }
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                ROW,
                "day",
                "key",
                "model",
                "calls",
                "estimated",
                "input",
                "cached",
                "cache write",
                "output",
                "reasoning",
                "cost USD");
        for (JsonNode row : answer.path("usage")) {
            out.printf(
                    Locale.ROOT,
                    ROW,
                    row.path("day").asText(),
                    row.path("key_id").asText(),
                    row.path("model").asText(),
                    row.path("calls").asText(),
                    row.path("estimated_calls").asText(),
                    row.path("input_tokens").asText(),
                    row.path("cached_tokens").asText(),
                    row.path("cache_write_tokens").asText(),
                    row.path("output_tokens").asText(),
                    row.path("reasoning_tokens").asText(),
                    row.path("cost").asText());
        }
    }
}
