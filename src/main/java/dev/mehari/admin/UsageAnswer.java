package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.usage.UsageCounts;
import dev.mehari.usage.UsagePart;
import dev.mehari.usage.UsageSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Sums of usage as the admin API writes them, with the same names in JSON and as the heads of CSV. */
final class UsageAnswer {
    private UsageAnswer() {}

    /** {@code {"usage":[...]}}. */
    static ObjectNode json(List<UsageSum> sums) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("usage");
        sums.forEach(sum -> list.add(json(sum)));
        return json;
    }

    private static ObjectNode json(UsageSum sum) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        sum.of().forEach((part, value) -> json.put(name(part), value));
        UsageCounts counts = sum.counts();
        return json.put("calls", counts.calls())
                .put("estimated_calls", counts.estimatedCalls())
                .put("input_tokens", counts.inputTokens())
                .put("cached_tokens", counts.cachedTokens())
                .put("cache_write_tokens", counts.cacheWriteTokens())
                .put("output_tokens", counts.outputTokens())
                .put("reasoning_tokens", counts.reasoningTokens())
                .put("cost", Dollars.text(counts.nanoDollars(), Dollars.NANO));
    }

    /** A line of names, and one for each sum. */
    static String csv(Set<UsagePart> by, List<UsageSum> sums) {
        CsvTable table = new CsvTable();
        List<String> heads = new ArrayList<>();
        by.forEach(part -> heads.add(name(part)));
        heads.addAll(List.of(
                "calls",
                "estimated_calls",
                "input_tokens",
                "cached_tokens",
                "cache_write_tokens",
                "output_tokens",
                "reasoning_tokens",
                "cost"));
        table.row(heads);
        for (UsageSum sum : sums) {
            JsonNode json = json(sum);
            table.row(heads.stream().map(head -> json.path(head).asText()).toList());
        }
        return table.toString();
    }

    private static String name(UsagePart part) {
        return switch (part) {
            case KEY -> "key_id";
            case MODEL -> "model";
            case UPSTREAM -> "upstream";
            case CREDENTIAL -> "credential_id";
            case DAY -> "day";
        };
    }
}
