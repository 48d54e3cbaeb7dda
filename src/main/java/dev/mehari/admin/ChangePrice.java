package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.ModelPrice;
import dev.mehari.usage.PriceList;
import org.apache.camel.Exchange;

/**
 * Answers {@code PUT /api/prices/{model}} with the price as it now is; named {@code changePrice}. 400 with the field named,
 * and no change, for what is no price.
 */
public final class ChangePrice extends UsageResource {
    private final PriceList prices;
    private final PriceJson json = new PriceJson();

    public ChangePrice(PriceList prices) {
        this.prices = prices;
    }

    @Override
    void answer(Exchange exchange) throws WrongField, StorageUnavailable {
        ModelPrice price =
                json.read(PriceJson.model(exchange), exchange.getMessage().getBody(String.class));
        prices.set(price);
        AdminAnswer.put(exchange, 200, PriceJson.write(price));
    }
}
