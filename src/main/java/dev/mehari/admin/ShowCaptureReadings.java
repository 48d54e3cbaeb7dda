package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.capture.CaptureStore;
import dev.mehari.failure.StorageUnavailable;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/capture-readings?limit=} with {@code {"readings":[...]}}: who has opened or deleted captured bodies,
 * latest first, 100 unless {@code limit} says another number up to 1000; named {@code showCaptureReadings}.
 */
public final class ShowCaptureReadings extends AdminResource {
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final CaptureStore captures;

    public ShowCaptureReadings(CaptureStore captures) {
        this.captures = captures;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AuditFilters filters = new AuditFilters(new AdminRequest(exchange).filters(Set.of("limit")));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("readings");
        captures.readings(filters.limit("limit", USUAL, MOST)).forEach(reading -> list.add(CaptureJson.of(reading)));
        AdminAnswer.put(exchange, 200, json);
    }
}
