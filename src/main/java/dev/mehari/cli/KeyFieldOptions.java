package dev.mehari.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a key is; those that are not given stay as they are. The gateway checks their values. */
final class KeyFieldOptions {
    private static final String NEVER = "never";

    @Option(names = "--name", description = "Unique among keys that are not deleted.")
    private @Nullable String name;

    @Option(names = "--description", description = "Up to 500 characters.")
    private @Nullable String description;

    @Option(names = "--tag", paramLabel = "TAG", description = "May be given several times; empty for none.")
    private @Nullable List<String> tags;

    @Option(names = "--owner", description = "Who uses it.")
    private @Nullable String owner;

    @Option(names = "--priority", paramLabel = "0-9", description = "Higher goes first (5).")
    private @Nullable Integer priority;

    @Option(names = "--concurrency", paramLabel = "N", description = "Calls at once; 0 for no limit, as in all limits.")
    private @Nullable Integer concurrency;

    @Option(names = "--requests", paramLabel = "N/TIME", description = "Calls per window, such as 10/1m.")
    private @Nullable String requests;

    @Option(names = "--tokens", paramLabel = "N/TIME", description = "Tokens per window, such as 100000/1h.")
    private @Nullable String tokens;

    @Option(names = "--tokens-per-minute", paramLabel = "N", description = "Tokens per minute.")
    private @Nullable Long tokensPerMinute;

    @Option(names = "--budget-daily", paramLabel = "USD", description = "Money per day, such as 5.00.")
    private @Nullable String budgetDaily;

    @Option(names = "--budget-weekly", paramLabel = "USD", description = "Money per week, from Monday.")
    private @Nullable String budgetWeekly;

    @Option(names = "--budget-total", paramLabel = "USD", description = "Money altogether.")
    private @Nullable String budgetTotal;

    @Option(
            names = "--queue-size",
            paramLabel = "N",
            description = "Calls that may wait beyond --concurrency; 0 for none.")
    private @Nullable Integer queueSize;

    @Option(names = "--queue-timeout", paramLabel = "TIME", description = "How long each may wait, such as 2s (10s).")
    private @Nullable String queueTimeout;

    @Option(
            names = "--models",
            paramLabel = "A,B*",
            description = "Models that it may be used for; * stands for any text; empty for all.")
    private @Nullable String models;

    @Option(
            names = "--clients",
            paramLabel = "A,B*",
            description = "Clients that may use it, by the beginning of their User-Agent; empty for all.")
    private @Nullable String clients;

    @Option(
            names = "--upstreams",
            paramLabel = "A,B*",
            description = "Upstreams that it may be used for; empty for all.")
    private @Nullable String upstreams;

    @Option(
            names = "--expires",
            paramLabel = "DATE",
            description = "Not valid from then on: 2027-01-31 (midnight, UTC), a time, or never.")
    private @Nullable String expires;

    @Option(
            names = "--expires-after",
            paramLabel = "TIME",
            description = "Not valid this long after its first use, such as 30d, or never.")
    private @Nullable String expiresAfter;

    @Option(
            names = "--capture",
            paramLabel = "WHICH",
            description = "Keep the bodies of its calls, sealed: errors, all or none; needs an end.")
    private @Nullable String capture;

    @Option(names = "--capture-for", paramLabel = "TIME", description = "Keep them for so long, such as 2h, up to 30d.")
    private @Nullable String captureFor;

    @Option(names = "--capture-until", paramLabel = "DATE", description = "Keep them until then.")
    private @Nullable String captureUntil;

    /** What was given, as the admin API takes it. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "name", name);
        put(json, "description", description);
        if (tags != null) {
            json.set("tags", list(tags));
        }
        put(json, "owner", owner);
        if (priority != null) {
            json.put("priority", priority);
        }
        putList(json, "allowed_models", models);
        putList(json, "allowed_clients", clients);
        putList(json, "allowed_upstreams", upstreams);
        putTime(json, "expires_at", expires);
        putTime(json, "expires_after", expiresAfter);
        put(json, "capture", capture);
        put(json, "capture_for", captureFor);
        put(json, "capture_until", captureUntil);
        ObjectNode limits = limits();
        if (!limits.isEmpty()) {
            json.set("limits", limits);
        }
        return json;
    }

    private ObjectNode limits() {
        ObjectNode limits = JsonNodeFactory.instance.objectNode();
        if (concurrency != null) {
            limits.put("concurrency", concurrency);
        }
        put(limits, "requests", requests);
        put(limits, "tokens", tokens);
        if (tokensPerMinute != null) {
            limits.put("tokens_per_minute", tokensPerMinute);
        }
        put(limits, "budget_daily", budgetDaily);
        put(limits, "budget_weekly", budgetWeekly);
        put(limits, "budget_total", budgetTotal);
        if (queueSize != null || queueTimeout != null) {
            ObjectNode queue = limits.putObject("queue");
            if (queueSize != null) {
                queue.put("size", queueSize);
            }
            put(queue, "timeout", queueTimeout);
        }
        return limits;
    }

    private static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static void putTime(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value.equals(NEVER) ? null : value);
        }
    }

    private static void putList(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.set(field, list(List.of(value.split(",", -1))));
        }
    }

    private static ArrayNode list(List<String> texts) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        texts.stream().map(String::strip).filter(text -> !text.isEmpty()).forEach(list::add);
        return list;
    }
}
