package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.ModelPrice;
import java.util.Iterator;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** A price as JSON: {@code {"model","input","cached_input","cache_write","output"}}, in USD per million tokens. */
final class PriceJson {
    private static final Set<String> FIELDS = Set.of("model", "input", "cached_input", "cache_write", "output");
    private static final int DECIMALS = 6;

    private final ObjectMapper json = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static ObjectNode write(ModelPrice price) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model", price.model().text())
                .put("input", Dollars.text(price.input(), DECIMALS))
                .put("cached_input", Dollars.text(price.cachedInput(), DECIMALS))
                .put("cache_write", Dollars.text(price.cacheWrite(), DECIMALS))
                .put("output", Dollars.text(price.output(), DECIMALS));
    }

    /** The model named in the path. */
    static ModelPattern model(Exchange exchange) throws WrongField {
        String model = String.valueOf(exchange.getMessage().getHeader("model"));
        if (!ModelPattern.isValid(model)) {
            throw WrongField.value(
                    "model", "A model is 1 to 100 characters without spaces; * stands for any characters.");
        }
        return new ModelPattern(model);
    }

    /** Cached input and cache writes cost as much as input where they are not given. */
    ModelPrice read(ModelPattern model, @Nullable Object body) throws WrongField {
        JsonNode fields = parse(body);
        for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw WrongField.unknown(name);
            }
        }
        if (fields.has("model") && !model.text().equals(fields.get("model").textValue())) {
            throw WrongField.value("model", "`model` is another than in the path.");
        }
        long input = dollars(fields, "input", null);
        return new ModelPrice(
                model,
                input,
                dollars(fields, "cached_input", input),
                dollars(fields, "cache_write", input),
                dollars(fields, "output", null));
    }

    private static long dollars(JsonNode fields, String name, @Nullable Long otherwise) throws WrongField {
        JsonNode value = fields.path(name);
        return otherwise != null && (value.isMissingNode() || value.isNull())
                ? otherwise
                : Dollars.parse(value, name, DECIMALS, ModelPrice.GREATEST);
    }

    private JsonNode parse(@Nullable Object body) throws WrongField {
        try {
            JsonNode fields =
                    json.readTree(body instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(body));
            if (fields.isObject()) {
                return fields;
            }
        } catch (JsonProcessingException notJson) {
            // told below, as is JSON that is no object
        }
        throw new WrongField(
                "invalid_body",
                "body",
                "The body has to be JSON such as {\"input\": \"2.50\", \"output\": \"10.00\"}.");
    }
}
