package dev.mehari.eip;

import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;

/** Everything that a route after an EIP can see of an exchange, in comparable form. */
public record Outcome(
        String body,
        Map<String, String> headers,
        Map<String, String> properties,
        String exception,
        boolean routeStop,
        boolean rollbackOnly) {

    public static Outcome of(Exchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getMessage().getHeaders().forEach((name, value) -> headers.put(name, describe(value, exchange)));
        Map<String, String> properties = new TreeMap<>();
        exchange.getAllProperties().forEach((name, value) -> properties.put(name, describe(value, exchange)));
        return new Outcome(
                exchange.getMessage().getBody(String.class),
                headers,
                properties,
                describe(exchange.getException(), exchange),
                exchange.isRouteStop(),
                exchange.isRollbackOnly());
    }

    public Outcome withoutProperty(String name) {
        Map<String, String> others = new TreeMap<>(properties);
        others.remove(name);
        return new Outcome(body, headers, others, exception, routeStop, rollbackOnly);
    }

    private static String describe(Object value, Exchange exchange) {
        if (value instanceof Throwable failure) {
            return failure.getClass().getName() + ": " + failure.getMessage() + " <- "
                    + describe(failure.getCause(), exchange);
        }
        if (value instanceof Endpoint endpoint) {
            return endpoint.getEndpointUri();
        }
        return exchange.getExchangeId().equals(value) ? "<exchange id>" : String.valueOf(value);
    }
}
