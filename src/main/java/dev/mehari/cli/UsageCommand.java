package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
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
    private static final Map<String, String> COLUMNS = columns();

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

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("day", "day");
        columns.put("key_id", "key");
        columns.put("model", "model");
        columns.put("upstream", "upstream");
        columns.put("credential_id", "credential");
        columns.put("calls", "calls");
        columns.put("estimated_calls", "estimated");
        columns.put("input_tokens", "input");
        columns.put("cached_tokens", "cached");
        columns.put("cache_write_tokens", "cache write");
        columns.put("output_tokens", "output");
        columns.put("reasoning_tokens", "reasoning");
        columns.put("cost", "cost USD");
        return columns;
    }

    @Override
    JsonNode ask(AdminClient client) throws AdminFailure {
        StringJoiner query = new StringJoiner("&", "/api/usage?", "").setEmptyValue("/api/usage");
        add(query, "key", key);
        add(query, "model", model);
        add(query, "upstream", upstream);
        add(query, "credential", credential);
        add(query, "from", from);
        add(query, "to", to);
        add(query, "by", by);
        if (!csv) {
            return client.get(query.toString());
        }
        if (asksJson()) {
            throw new AdminFailure("Say --csv or --json, not both.", true);
        }
        return JsonNodeFactory.instance.textNode(client.text(query.toString(), "text/csv"));
    }

    private static void add(StringJoiner query, String name, @Nullable String value) {
        if (value != null) {
            query.add(name + "=" + AdminClient.segment(value));
        }
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
        List<String> fields = COLUMNS.keySet().stream()
                .filter(field -> rows.path(0).has(field))
                .toList();
        Columns table = new Columns(fields.stream().map(COLUMNS::get).toArray(String[]::new));
        for (JsonNode row : rows) {
            List<String> cells = new ArrayList<>();
            fields.forEach(field -> cells.add(row.path(field).asText()));
            table.row(cells.toArray(String[]::new));
        }
        table.print(out);
    }
}
