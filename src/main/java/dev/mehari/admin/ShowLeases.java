package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LeaseState;
import dev.mehari.limits.LedgerOffice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/leases}, optionally of one key ({@code ?key=ID}), with
 * {@code {"keys":[{"key_id","active"}],"leases":[{"id","key_id","owner","granted_at","expires_at"}]}}: keys by id, each that has
 * a lease or was asked for; leases oldest first; named {@code showLeases}.
 */
public final class ShowLeases extends AdminResource {
    private static final String KEY = "key";

    private final LedgerOffice office;

    public ShowLeases(LedgerOffice office) {
        this.office = office;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        String key = new AdminRequest(exchange).filters(Set.of(KEY)).get(KEY);
        Long wanted = key == null ? null : AdminRequest.id(KEY, key);
        List<LeaseState> leases = office.leases().stream()
                .filter(lease -> wanted == null || lease.keyId() == wanted)
                .toList();
        Map<Long, Integer> active = new TreeMap<>();
        if (wanted != null) {
            active.put(wanted, 0);
        }
        leases.forEach(lease -> active.merge(lease.keyId(), lease.calls(), Integer::sum));

        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode keys = json.putArray("keys");
        active.forEach(
                (id, count) -> keys.addObject().put("key_id", Long.toString(id)).put("active", count));
        ArrayNode list = json.putArray("leases");
        leases.forEach(lease -> list.add(LimitJson.of(lease)));
        AdminAnswer.put(exchange, 200, json);
    }
}
