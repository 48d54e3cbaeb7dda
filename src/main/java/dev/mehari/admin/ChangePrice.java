package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.ModelPrice;
import dev.mehari.usage.PriceList;
import org.apache.camel.Exchange;

/**
 * Answers {@code PUT /api/prices/{model}} with the price as it now is; named {@code changePrice}. 400 with the field named,
 * and no change, for what is no price.
 */
public final class ChangePrice extends AdminResource {
    private final PriceList prices;

    public ChangePrice(PriceList prices) {
        this.prices = prices;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        ModelPrice price = PriceJson.read(PriceJson.model(exchange), exchange);
        prices.set(price);
        AdminAnswer.put(exchange, 200, PriceJson.write(price));
    }
}
