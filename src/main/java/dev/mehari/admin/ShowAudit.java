package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.audit.AuditJson;
import dev.mehari.audit.AuditPage;
import dev.mehari.audit.AuditPosition;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.AuditSearch;
import dev.mehari.audit.StatusRange;
import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/audit} with {@code {"events":[...],"next":"..."}}, newest first, 100 unless {@code limit} says
 * another number up to 1000; {@code next} is what to give as {@code after} for the page that follows, null on the last. With
 * {@code format=csv}, or where {@code Accept} takes {@code text/csv} and does not name JSON, the events are CSV, and
 * {@code next} is the header {@value #NEXT}, which is not there on the last. Named {@code showAudit}.
 */
public final class ShowAudit extends AdminResource {
    private static final Set<String> FILTERS = Set.of(
            "from",
            "to",
            "key",
            "upstream",
            "credential",
            "model",
            "status",
            "outcome",
            "request",
            "trace",
            "after",
            "limit",
            "format");
    private static final String NEXT = "X-Mehari-Next";
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final AuditSearch search;

    public ShowAudit(AuditSearch search) {
        this.search = search;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        AuditFilters filters = new AuditFilters(request.filters(FILTERS));
        boolean csv = request.wantsCsv(filters.text("format"));
        Instant from = filters.time("from");
        Instant to = filters.time("to");
        if (from != null && to != null && from.isAfter(to)) {
            throw AdminRefusal.invalidValue("from", "must not be after `to`");
        }
        AuditPage page = search.find(new AuditQuery(
                from,
                to,
                filters.id("key"),
                filters.text("upstream"),
                filters.id("credential"),
                filters.text("model"),
                filters.parsed("status", StatusRange::parse),
                filters.outcome("outcome"),
                filters.text("request"),
                filters.parsed("trace", AuditFilters::trace),
                filters.parsed("after", AuditPosition::parse),
                filters.limit("limit", USUAL, MOST)));
        AuditPosition next = page.next();
        if (csv) {
            AdminAnswer.putFile(
                    exchange,
                    CsvTable.TYPE,
                    "audit.csv",
                    AuditCsv.of(page.rows()).getBytes(UTF_8));
            if (next != null) {
                exchange.getMessage().setHeader(NEXT, next.toString());
            }
        } else {
            AdminAnswer.put(exchange, 200, json(page, next));
        }
    }

    private static ObjectNode json(AuditPage page, @Nullable AuditPosition next) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode events = json.putArray("events");
        page.rows().forEach(row -> events.add(AuditJson.of(row)));
        return json.put("next", next == null ? null : next.toString());
    }
}
