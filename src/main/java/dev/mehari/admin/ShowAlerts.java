package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertJson;
import dev.mehari.alert.AlertRule;
import dev.mehari.alert.AlertStore;
import dev.mehari.alert.AlertWatch;
import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/alerts?limit=} with {@code {"instance","levels","raised","history"}}; named {@code showAlerts}.
 * Levels and what is raised are this instance's, the history is that of all, latest first, 100 unless {@code limit} says another
 * number up to 1000.
 */
public final class ShowAlerts extends AdminResource {
    private static final String LIMIT = "limit";
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final AlertWatch watch;
    private final AlertStore store;

    public ShowAlerts(AlertWatch watch, AlertStore store) {
        this.watch = watch;
        this.store = store;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        Map<String, String> filters = new AdminRequest(exchange).filters(Set.of(LIMIT));
        List<AlertEvent> history = store.latest(most(filters.get(LIMIT)));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("instance", watch.instance());
        ArrayNode levels = json.putArray("levels");
        for (AlertRule rule : watch.rules()) {
            levels.add(AlertJson.of(rule));
        }
        put(json.putArray("raised"), watch.raised());
        put(json.putArray("history"), history);
        AdminAnswer.put(exchange, 200, json);
    }

    private static void put(ArrayNode list, List<AlertEvent> events) {
        events.forEach(event -> list.add(AlertJson.of(event)));
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
