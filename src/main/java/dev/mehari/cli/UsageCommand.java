package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mehari usage}: calls, tokens and money by key, model, upstream, credential and day. */
@Command(
        name = "usage",
        description = "Shows what keys have used, by model, upstream, credential and day (UTC).",
        mixinStandardHelpOptions = true)
final class UsageCommand extends AdminCommand {
    /** Fields of the answer, and what stands above them. Those that were not asked for are not in the answer. */
    private static final List<Map.Entry<String, String>> COLUMNS = List.of(
            Map.entry("day", "day"),
            Map.entry("key_id", "key"),
            Map.entry("model", "model"),
            Map.entry("upstream", "upstream"),
            Map.entry("credential_id", "credential"),
            Map.entry("calls", "calls"),
            Map.entry("estimated_calls", "estimated"),
            Map.entry("input_tokens", "input"),
            Map.entry("cached_tokens", "cached"),
            Map.entry("cache_write_tokens", "cache write"),
            Map.entry("output_tokens", "output"),
            Map.entry("reasoning_tokens", "reasoning"),
            Map.entry("cost", "cost USD"));

    @Option(names = "--key", paramLabel = "ID", description = "Only this key; 0 for anonymous callers.")
    private @Nullable String key;

    @Option(names = "--model", paramLabel = "MODEL", description = "Only this model.")
    private @Nullable String model;

    @Option(names = "--upstream", paramLabel = "NAME", description = "Only what this upstream answered.")
    private @Nullable String upstream;

    @Option(
            names = "--credential",
            paramLabel = "ID",
            description = "Only with this credential; 0 for calls without one of the pool.")
    private @Nullable String credential;

    @Option(names = "--from", paramLabel = "DAY", description = "First day, such as 2026-01-31 (default: 30 days).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DAY", description = "Last day (default: today).")
    private @Nullable String to;

    @Option(
            names = "--by",
            paramLabel = "PARTS",
            description = "What to tell apart: some of key,model,upstream,credential,day, or none for one sum of all "
                    + "(default: key,model,day).")
    private @Nullable String by;

    @Option(names = "--csv", description = "Print comma-separated values (RFC 4180).")
    private boolean csv;

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        String path = "/api/usage"
                + new AdminQuery()
                        .with("key", key)
                        .with("model", model)
                        .with("upstream", upstream)
                        .with("credential", credential)
                        .with("from", from)
                        .with("to", to)
                        .with("by", by);
        if (!csv) {
            return client.get(path);
        }
        if (asksJson()) {
            throw new AdminFailure("Say --csv or --json, not both.", true);
        }
        return JsonNodeFactory.instance.textNode(client.text(path, "text/csv"));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        if (answer.isTextual()) {
            out.print(answer.asText());
            return;
        }
        JsonNode rows = answer.path("usage");
        if (rows.isEmpty()) {
            out.println("nothing used");
            return;
        }
        List<Map.Entry<String, String>> columns = COLUMNS.stream()
                .filter(column -> rows.path(0).has(column.getKey()))
                .toList();
        Columns table = new Columns(columns.stream().map(Map.Entry::getValue).toArray(String[]::new));
        for (JsonNode row : rows) {
            table.row(columns.stream()
                    .map(column -> row.path(column.getKey()).asText())
                    .toArray(String[]::new));
        }
        table.print(out);
    }
}
