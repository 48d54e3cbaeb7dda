package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyUse;
import dev.mehari.limits.LedgerOffice;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/keys/{id}/use} with {@code {"key_id","limits":[{"kind","used","limit","reset_at"}]}}, one entry per
 * kind of limit; 404 for an unknown key; named {@code showKeyUse}.
 */
public final class ShowKeyUse extends AdminResource {
    private final LedgerOffice office;

    public ShowKeyUse(LedgerOffice office) {
        this.office = office;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.onlyParameters(Set.of());
        long key = request.id();
        List<KeyUse> uses = office.use(key);
        if (uses.isEmpty()) {
            throw AdminRefusal.unknown("key", "There is no key with this id.");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("key_id", Long.toString(key));
        ArrayNode limits = json.putArray("limits");
        uses.forEach(use -> limits.add(LimitJson.of(use)));
        AdminAnswer.put(exchange, 200, json);
    }
}
