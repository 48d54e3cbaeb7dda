package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import dev.mehari.usage.UsageStore;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/usage?key=&model=&from=&to=} with {@code {"usage":[...]}}, latest day first; named
 * {@code showUsage}. Days are UTC, both included; without {@code from} they are the 30 up to {@code to}, without {@code to}
 * those up to today. Key 0 stands for anonymous
 * callers.
 */
public final class ShowUsage extends AdminResource {
    private static final Set<String> FILTERS = Set.of("key", "model", "from", "to");
    private static final int DAYS = 30;

    private final UsageStore store;
    private final Clock clock;

    public ShowUsage(UsageStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        UsageQuery query = query(new AdminRequest(exchange).filters(FILTERS));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("usage");
        store.find(query).forEach(row -> list.add(json(row)));
        AdminAnswer.put(exchange, 200, json);
    }

    private UsageQuery query(Map<String, String> filters) throws AdminRefusal {
        LocalDate to = day(filters, "to", LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
        LocalDate from = day(filters, "from", to.minusDays(DAYS - 1));
        if (from.isAfter(to)) {
            throw AdminRefusal.invalidValue("from", "must not be after `to`");
        }
        String key = filters.get("key");
        Long id = key == null ? null : AdminRequest.id("key", key);
        return new UsageQuery(id, filters.get("model"), from, to);
    }

    private static LocalDate day(Map<String, String> filters, String field, LocalDate otherwise) throws AdminRefusal {
        String text = filters.get(field);
        if (text == null) {
            return otherwise;
        }
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeParseException notADay) {
            // told below, as is a day that no call can have been on
        }
        throw AdminRefusal.invalidValue(field, "must be a day such as 2026-01-31");
    }

    private static ObjectNode json(UsageRow row) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("key_id", Long.toString(row.keyId()))
                .put("model", row.model())
                .put("day", row.day().toString())
                .put("calls", row.calls())
                .put("estimated_calls", row.estimatedCalls())
                .put("input_tokens", row.inputTokens())
                .put("cached_tokens", row.cachedTokens())
                .put("cache_write_tokens", row.cacheWriteTokens())
                .put("output_tokens", row.outputTokens())
                .put("reasoning_tokens", row.reasoningTokens())
                .put("cost", Dollars.text(row.nanoDollars(), Dollars.NANO));
    }
}
