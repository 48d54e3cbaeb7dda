package dev.mehari.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}, in the shape of the API that the caller speaks. */
final class Models {
    static final String PATH = "/v1/models";
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> IDS =
            List.of("sim-large", "sim-small", "gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "text-embedding-3-small");

    /** Returns the list, a model, or nothing when {@code path} names a model that does not exist. */
    Optional<ObjectNode> answer(String path, Dialect dialect) {
        if (path.equals(PATH)) {
            return Optional.of(list(dialect));
        }
        String id = URLDecoder.decode(path.substring(PATH.length() + 1), StandardCharsets.UTF_8);
        return IDS.contains(id) ? Optional.of(model(id, dialect)) : Optional.empty();
    }

    private static ObjectNode list(Dialect dialect) {
        ObjectNode list = Json.object();
        if (dialect == Dialect.OPENAI) {
            list.put("object", "list");
        }
        ArrayNode data = list.putArray("data");
        IDS.forEach(id -> data.add(model(id, dialect)));
        if (dialect == Dialect.ANTHROPIC) {
            list.put("has_more", false).put("first_id", IDS.get(0)).put("last_id", IDS.get(IDS.size() - 1));
        }
        return list;
    }

    private static ObjectNode model(String id, Dialect dialect) {
        if (dialect == Dialect.ANTHROPIC) {
            return Json.object()
                    .put("type", "model")
                    .put("id", id)
                    .put("display_name", id)
                    .put("created_at", CREATED.toString());
        }
        return Json.object()
                .put("id", id)
                .put("object", "model")
                .put("created", CREATED.getEpochSecond())
                .put("owned_by", "mehari-simulator");
    }
}
