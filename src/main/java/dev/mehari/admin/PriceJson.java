package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.ModelPrice;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** A price as JSON: {@code {"model","input","cached_input","cache_write","output"}}, in USD per million tokens. */
final class PriceJson {
    private static final String MODEL = "model";
    private static final Set<String> FIELDS = Set.of(MODEL, "input", "cached_input", "cache_write", "output");
    private static final int DECIMALS = 6;

    private PriceJson() {}

    static ObjectNode write(ModelPrice price) {
        return JsonNodeFactory.instance
                .objectNode()
                .put(MODEL, price.model().text())
                .put("input", Dollars.text(price.input(), DECIMALS))
                .put("cached_input", Dollars.text(price.cachedInput(), DECIMALS))
                .put("cache_write", Dollars.text(price.cacheWrite(), DECIMALS))
                .put("output", Dollars.text(price.output(), DECIMALS));
    }

    /** The model named in the path. */
    static ModelPattern model(Exchange exchange) throws AdminRefusal {
        String model = new AdminRequest(exchange).text(MODEL);
        if (model == null || !ModelPattern.isValid(model)) {
            throw AdminRefusal.invalidValue(MODEL, "must be 1 to 100 characters without spaces; * stands for any");
        }
        return new ModelPattern(model);
    }

    /** The price in the body; cached input and cache writes cost as much as input where they are not given. */
    static ModelPrice read(ModelPattern model, Exchange exchange) throws AdminRefusal {
        AdminBody body = AdminBody.of(exchange, FIELDS);
        String named = body.optionalText(MODEL);
        if (named != null && !named.equals(model.text())) {
            throw AdminRefusal.invalidValue(MODEL, "must be that of the path");
        }
        long input = dollars(body, "input", null);
        return new ModelPrice(
                model,
                input,
                dollars(body, "cached_input", input),
                dollars(body, "cache_write", input),
                dollars(body, "output", null));
    }

    private static long dollars(AdminBody body, String name, @Nullable Long otherwise) throws AdminRefusal {
        JsonNode value = body.node(name);
        if (otherwise != null && (value.isMissingNode() || value.isNull())) {
            return otherwise;
        }
        try {
            return Dollars.parse(value, DECIMALS, ModelPrice.GREATEST);
        } catch (IllegalArgumentException none) {
            throw AdminRefusal.invalidValue(name, none.getMessage() + ", for a million tokens");
        }
    }
}
