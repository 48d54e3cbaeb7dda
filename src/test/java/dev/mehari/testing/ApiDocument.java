package dev.mehari.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The packaged OpenAPI document, and what it says of answers. */
public final class ApiDocument {
    private static final String JSON_TYPE = "application/json";
    private static final String URI = "https://mehari.invalid/openapi.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = read();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(URI, DOCUMENT.toString()))));

    private ApiDocument() {}

    /** All operations by what {@code key} makes of method and path. */
    public static <K> Map<K, JsonNode> operations(BiFunction<String, String, K> key) {
        Map<K, JsonNode> found = new LinkedHashMap<>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> found.put(
                                key.apply(operation.getKey().toUpperCase(Locale.ROOT), path.getKey()),
                                operation.getValue())));
        return found;
    }

    /** Every {@code $ref} there is. */
    public static Set<String> references() {
        return Set.copyOf(DOCUMENT.findValuesAsText("$ref"));
    }

    /** What a {@code $ref} leads to; missing when that is nothing. */
    public static JsonNode at(String reference) {
        return DOCUMENT.at(reference.substring(1));
    }

    /** The node itself, or what it refers to. */
    public static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? at(node.path("$ref").asText()) : node;
    }

    /**
     * What is wrong with an answer, empty when it is as described; an undescribed status is wrong, too.
     *
     * @param path as in the document, with braces
     */
    public static Set<String> complaints(String method, String path, HttpResponse<String> answer) throws IOException {
        String operation = "/paths/" + path.replace("/", "~1") + "/" + method.toLowerCase(Locale.ROOT);
        String response = operation + "/responses/" + answer.statusCode();
        JsonNode described = DOCUMENT.at(response);
        if (described.isMissingNode()) {
            return Set.of(answer.statusCode() + " is not described: " + answer.body());
        }
        String at = described.has("$ref") ? described.path("$ref").asText().substring(1) : response;
        String type =
                answer.headers().firstValue("Content-Type").orElse(JSON_TYPE).replaceFirst(";.*", "");
        String schema = at + "/content/" + type.replace("/", "~1") + "/schema";
        if (DOCUMENT.at(schema).isMissingNode()) {
            return Set.of("there is no schema at " + schema);
        }
        JsonNode body = type.equals(JSON_TYPE) ? JSON.readTree(answer.body()) : TextNode.valueOf(answer.body());
        return SCHEMAS.getSchema(SchemaLocation.of(URI + "#" + schema)).validate(body).stream()
                .map(ValidationMessage::getMessage)
                .collect(Collectors.toSet());
    }

    private static JsonNode read() {
        try (InputStream in = ApiDocument.class.getResourceAsStream("/openapi/admin.json")) {
            return JSON.readTree(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
