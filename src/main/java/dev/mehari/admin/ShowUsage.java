package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageRow;
import dev.mehari.usage.UsageStore;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/usage?key=&model=&from=&to=} with {@code {"usage":[...]}}, latest day first; named
 * {@code showUsage}. Days are UTC, both included; without {@code from} they are the 30 up to {@code to}, without {@code to}
 * those up to today. 400 for what is no filter.
 */
public final class ShowUsage extends UsageResource {
    private static final Set<String> FILTERS = Set.of("key", "model", "from", "to");
    private static final int DAYS = 30;
    private static final int NANO_DECIMALS = 9;
    private static final int LONGEST_ID = 18;

    private final UsageStore store;
    private final Clock clock;

    public ShowUsage(UsageStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    void answer(Exchange exchange) throws WrongField, StorageUnavailable {
        UsageQuery query = query(filters(exchange));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("usage");
        store.find(query).forEach(row -> list.add(json(row)));
        AdminAnswer.put(exchange, 200, json);
    }

    private UsageQuery query(Map<String, String> filters) throws WrongField {
        LocalDate to = day(filters, "to", LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
        LocalDate from = day(filters, "from", to.minusDays(DAYS - 1));
        if (from.isAfter(to)) {
            throw WrongField.value("from", "`from` is after `to`.");
        }
        return new UsageQuery(key(filters.get("key")), filters.get("model"), from, to);
    }

    private static @Nullable Long key(@Nullable String text) throws WrongField {
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST_ID || !text.matches("[0-9]+")) {
            throw WrongField.value(
                    "key", "`key` has to be the id of a key, such as 12; 0 stands for anonymous callers.");
        }
        return Long.valueOf(text);
    }

    private static LocalDate day(Map<String, String> filters, String field, LocalDate otherwise) throws WrongField {
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
        throw WrongField.value(field, "`" + field + "` has to be a day such as 2026-01-31.");
    }

    /** From the query as it was sent: a header of the same name is no filter. */
    private static Map<String, String> filters(Exchange exchange) throws WrongField {
        Object query = exchange.getMessage().getHeader(Exchange.HTTP_QUERY);
        Map<String, String> filters = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.toString().split("&", -1)) {
            int is = pair.indexOf('=');
            String name = decoded(is < 0 ? pair : pair.substring(0, is), "query");
            String value = is < 0 ? "" : decoded(pair.substring(is + 1), name);
            if (name.isEmpty() && value.isEmpty()) {
                continue;
            }
            if (!FILTERS.contains(name)) {
                throw WrongField.unknown(name);
            }
            if (value.indexOf('\0') >= 0) {
                throw WrongField.value(name, "`" + name + "` holds what is no text.");
            }
            if (!value.isEmpty() && filters.putIfAbsent(name, value) != null) {
                throw WrongField.value(name, "`" + name + "` is there twice.");
            }
        }
        return filters;
    }

    private static String decoded(String text, String field) throws WrongField {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException broken) {
            throw WrongField.value(field, "`" + field + "` is not percent-encoded properly.");
        }
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
                .put("cost", Dollars.text(row.nanoDollars(), NANO_DECIMALS));
    }
}
