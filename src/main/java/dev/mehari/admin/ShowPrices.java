package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.PriceList;
import org.apache.camel.Exchange;

/** Answers {@code GET /api/prices} with {@code {"prices":[...]}}, sorted by model; named {@code showPrices}. */
public final class ShowPrices extends AdminResource {
    private final PriceList prices;

    public ShowPrices(PriceList prices) {
        this.prices = prices;
    }

    @Override
    void answer(Exchange exchange) throws StorageUnavailable {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("prices");
        prices.list().forEach(price -> list.add(PriceJson.write(price)));
        AdminAnswer.put(exchange, 200, json);
    }
}
