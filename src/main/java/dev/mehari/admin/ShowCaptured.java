package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.capture.CapturePosition;
import dev.mehari.capture.CaptureQuery;
import dev.mehari.capture.CaptureStore;
import dev.mehari.capture.CapturedCall;
import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/captured?key=&from=&to=&request=&after=&limit=} with {@code {"captures":[...],"next":"..."}}, without
 * bodies, latest first, 100 unless {@code limit} says another number up to 1000; {@code next} is what to give as {@code after}
 * for the page that follows, null on the last. Named {@code showCaptured}.
 */
public final class ShowCaptured extends AdminResource {
    private static final Set<String> FILTERS = Set.of("key", "from", "to", "request", "after", "limit");
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final CaptureStore captures;

    public ShowCaptured(CaptureStore captures) {
        this.captures = captures;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AuditFilters filters = new AuditFilters(new AdminRequest(exchange).filters(FILTERS));
        int limit = filters.limit("limit", USUAL, MOST);
        List<CapturedCall> found = captures.find(new CaptureQuery(
                filters.time("from"),
                filters.time("to"),
                filters.id("key"),
                filters.text("request"),
                filters.parsed("after", CapturePosition::parse),
                limit));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("captures");
        found.forEach(call -> list.add(CaptureJson.of(call)));
        json.put(
                "next",
                found.size() < limit
                        ? null
                        : CapturePosition.of(found.get(found.size() - 1)).toString());
        AdminAnswer.put(exchange, 200, json);
    }
}
