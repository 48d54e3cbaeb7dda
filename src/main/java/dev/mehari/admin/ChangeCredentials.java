package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/credentials/batch} {@code {"ids":["1","2"],"action":"disable"}} (or {@code enable}, {@code release},
 * {@code delete}) with {@code {"changed":["1"],"unknown":["2"]}}; named {@code changeCredentials}.
 */
public final class ChangeCredentials extends AdminResource {
    private static final Set<String> FIELDS = Set.of("ids", "action");
    private static final int MOST = 1_000;

    private final CredentialRegistry credentials;

    public ChangeCredentials(CredentialRegistry credentials) {
        this.credentials = credentials;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        AdminBody body = AdminBody.of(exchange, FIELDS);
        ChangeCredentialState.Change change = ChangeCredentialState.Change.named(body.text("action"), credentials);
        if (change == null) {
            throw AdminRefusal.invalidValue("action", "must be enable, disable, release or delete");
        }
        Set<Long> ids = ids(body.node("ids"));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode changed = json.putArray("changed");
        ArrayNode unknown = json.putArray("unknown");
        for (long id : ids) {
            (change.to(id) instanceof CredentialChange.Done ? changed : unknown).add(Long.toString(id));
        }
        AdminAnswer.put(exchange, 200, json);
    }

    private static Set<Long> ids(JsonNode list) throws AdminRefusal {
        if (!list.isArray() || list.isEmpty() || list.size() > MOST) {
            throw AdminRefusal.invalidValue("ids", "must be a list of 1 to " + MOST + " ids");
        }
        Set<Long> ids = new LinkedHashSet<>();
        for (JsonNode one : list) {
            ids.add(AdminRequest.id("ids", one.isValueNode() ? one.asText() : null));
        }
        return ids;
    }
}
