package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.KeyUse;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.limits.LimitedKey;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/keys/{id}/use} with {@code {"key_id","limits":[{"kind","used","limit","reset_at"}]}}, one entry per
 * kind of limit; 404 for an unknown key; named {@code showKeyUse}.
 */
public final class ShowKeyUse extends AdminResource {
    private final LedgerOffice office;
    private final KnownKeys keys;

    public ShowKeyUse(LedgerOffice office, KnownKeys keys) {
        this.office = office;
        this.keys = keys;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        long key = request.id();
        KeyLimits known = keys.limits(key).orElseThrow(AdminRefusal::unknownKey);
        List<KeyUse> uses = office.use(new LimitedKey(key, known));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("key_id", Long.toString(key));
        ArrayNode limits = json.putArray("limits");
        uses.forEach(use -> limits.add(LimitJson.of(use)));
        AdminAnswer.put(exchange, 200, json);
    }
}
