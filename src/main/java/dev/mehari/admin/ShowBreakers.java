package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/breakers} with {@code {"breakers":[{"upstream","state","retry_after_ms","calls","failures",...}]}} of
 * this instance; named {@code showBreakers}.
 */
public final class ShowBreakers extends AdminResource {
    private final BreakersView breakers;

    public ShowBreakers(BreakersView breakers) {
        this.breakers = breakers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode all = json.putArray("breakers");
        breakers.all().forEach(breaker -> all.add(BreakerJson.of(breaker)));
        AdminAnswer.put(exchange, 200, json);
    }
}
