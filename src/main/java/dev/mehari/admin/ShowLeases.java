package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LeaseState;
import dev.mehari.limits.LedgerOffice;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
        AdminRequest request = new AdminRequest(exchange);
        request.onlyParameters(Set.of(KEY));
        OptionalLong wanted = request.id(KEY);
        List<LeaseState> leases = office.leases().stream()
                .filter(lease -> wanted.isEmpty() || lease.keyId() == wanted.getAsLong())
                .toList();
        Map<Long, Integer> active = new TreeMap<>();
        wanted.ifPresent(key -> active.put(key, 0));
        leases.forEach(lease -> active.merge(lease.keyId(), 1, Integer::sum));

        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode keys = json.putArray("keys");
        active.forEach((key, count) ->
                keys.addObject().put("key_id", Long.toString(key)).put("active", count));
        ArrayNode list = json.putArray("leases");
        leases.forEach(lease -> list.add(LimitJson.of(lease)));
        AdminAnswer.put(exchange, 200, json);
    }
}
