package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.ModelPattern;
import dev.mehari.usage.PriceList;
import org.apache.camel.Exchange;

/** Answers {@code DELETE /api/prices/{model}} with the model; named {@code deletePrice}. 404 when it has no price. */
public final class DeletePrice extends AdminResource {
    private final PriceList prices;

    public DeletePrice(PriceList prices) {
        this.prices = prices;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        ModelPattern model = PriceJson.model(exchange);
        if (!prices.delete(model)) {
            throw AdminRefusal.unknown("model", "model", "There is no price under this name.");
        }
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("model", model.text()));
    }
}
