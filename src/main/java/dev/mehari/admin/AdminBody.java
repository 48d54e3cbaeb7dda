package dev.mehari.admin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The JSON object in the body of a request: of fields that are known, each given once. */
final class AdminBody {
    /** Largest body in bytes. */
    static final int MOST_BYTES = 65_536;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode object;

    private AdminBody(JsonNode object) {
        this.object = object;
    }

    /** Reads the body, which may have {@code fields} and no others. */
    static AdminBody of(Exchange exchange, Set<String> fields) throws AdminRefusal {
        String expected = "The body has to be a JSON object with: " + String.join(", ", new TreeSet<>(fields)) + ".";
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (bytes == null || bytes.length == 0) {
            throw AdminRefusal.invalidBody(expected);
        }
        if (bytes.length > MOST_BYTES) {
            throw AdminRefusal.invalidBody("The body may have " + MOST_BYTES + " bytes at most.");
        }
        JsonNode object = parse(bytes);
        if (object == null || !object.isObject()) {
            throw AdminRefusal.invalidBody(expected);
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!fields.contains(name)) {
                throw AdminRefusal.unknownField(name, expected);
            }
        }
        return new AdminBody(object);
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
            throw AdminRefusal.invalidValue(field, "This has to be a text.");
        }
        return value.textValue();
    }

    /** The text in {@code field}, which has to be given. */
    String text(String field) throws AdminRefusal {
        String text = optionalText(field);
        if (text == null) {
            throw AdminRefusal.invalidValue(field, "This has to be given, as a text.");
        }
        return text;
    }

    private static @Nullable JsonNode parse(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException notJson) {
            return null;
        }
    }
}
