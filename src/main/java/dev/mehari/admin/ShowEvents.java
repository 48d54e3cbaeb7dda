package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamRegistry;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/events?upstream=&limit=} with {@code {"events":[...]}}, latest first, 100 unless {@code limit}
 * says another number up to 1000; named {@code showEvents}.
 */
public final class ShowEvents extends AdminResource {
    private static final String LIMIT = "limit";
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final UpstreamRegistry upstreams;

    public ShowEvents(UpstreamRegistry upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        Map<String, String> filters = new AdminRequest(exchange).filters(Set.of("upstream", LIMIT));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("events");
        upstreams
                .events(filters.get("upstream"), most(filters.get(LIMIT)))
                .forEach(event -> list.add(UpstreamJson.of(event)));
        AdminAnswer.put(exchange, 200, json);
    }

    private static int most(@Nullable String asked) throws AdminRefusal {
        if (asked == null) {
            return USUAL;
        }
        if (asked.matches("[1-9][0-9]{0,3}") && Integer.parseInt(asked) <= MOST) {
            return Integer.parseInt(asked);
        }
        throw AdminRefusal.invalidValue(LIMIT, "must be a whole number from 1 to " + MOST);
    }
}
