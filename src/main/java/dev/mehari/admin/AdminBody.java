package dev.mehari.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The JSON object in the body of a request, each of its fields given once. */
final class AdminBody {
    /** Largest body in bytes. */
    static final int MOST_BYTES = 65_536;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final ObjectNode object;

    private AdminBody(ObjectNode object) {
        this.object = object;
    }

    /** Reads the body, whatever its fields. */
    static AdminBody of(Exchange exchange) throws AdminRefusal {
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (bytes != null && bytes.length > MOST_BYTES) {
            throw AdminRefusal.invalidBody("may have " + MOST_BYTES + " bytes at most");
        }
        if (bytes != null && parse(bytes) instanceof ObjectNode object) {
            return new AdminBody(object);
        }
        throw AdminRefusal.invalidBody("must be a JSON object, sent with Content-Type: application/json");
    }

    /** Reads the body, which may have {@code fields} and no others. */
    static AdminBody of(Exchange exchange, Set<String> fields) throws AdminRefusal {
        AdminBody body = of(exchange);
        for (Iterator<String> names = body.object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!fields.contains(name)) {
                throw AdminRefusal.unknownField(
                        name,
                        fields.isEmpty()
                                ? "this takes no fields"
                                : "there is no such field, but " + String.join(", ", new TreeSet<>(fields)));
            }
        }
        return body;
    }

    /** For a request that says all with its path: refuses a body, but for an object without fields. */
    static void none(Exchange exchange) throws AdminRefusal {
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (bytes != null && bytes.length > 0) {
            of(exchange, Set.of());
        }
    }

    ObjectNode object() {
        return object;
    }

    /** What {@code field} holds; missing when it is not given. */
    JsonNode node(String field) {
        return object.path(field);
    }

    /** The text in {@code field}; null when it is not given, or null. */
    @Nullable
    String optionalText(String field) throws AdminRefusal {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw AdminRefusal.invalidValue(field, "must be text");
        }
        return value.textValue();
    }

    /** The text in {@code field}, which has to be given. */
    String text(String field) throws AdminRefusal {
        String text = optionalText(field);
        if (text == null) {
            throw AdminRefusal.invalidValue(field, "must be given, as text");
        }
        return text;
    }

    private static @Nullable JsonNode parse(byte[] bytes) throws AdminRefusal {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException malformed) {
            throw AdminRefusal.invalidBody("is no JSON: " + malformed.getOriginalMessage());
        } catch (IOException notText) {
            throw AdminRefusal.invalidBody("is no JSON: " + notText.getMessage());
        }
    }
}
