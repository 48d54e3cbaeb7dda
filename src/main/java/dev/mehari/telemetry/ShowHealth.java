package dev.mehari.telemetry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Health as orchestrators ask for it: {@code {"status":"UP","checks":[{"name":...,"status":...}]}}, 200 when up and 503
 * when not. Alive is whoever answers; ready is a gateway that has started, is not stopping, and passes every check.
 */
public final class ShowHealth {
    private static final String STARTED = "started";

    private final Map<String, BooleanSupplier> checks;
    private final Map<String, Supplier<@Nullable String>> notes = new ConcurrentSkipListMap<>();
    private volatile boolean ready;

    /** Names of checks, each true while what it asks for is there; asked on every request, so they must be quick. */
    public ShowHealth(Map<String, BooleanSupplier> checks) {
        this.checks = new TreeMap<>(checks);
    }

    /**
     * One more check that is always up, since requests are served all the same: with {@code "data":{"trouble":...}} while
     * {@code trouble} gives text, without while it gives null.
     */
    public void alsoSay(String name, Supplier<@Nullable String> trouble) {
        notes.put(name, trouble);
    }

    /** The gateway has started. */
    public void ready() {
        ready = true;
    }

    /** The gateway is about to stop. */
    public void stopping() {
        ready = false;
    }

    /** Answers {@code /q/health/live}. */
    public Processor liveness() {
        return exchange -> answer(exchange, true, JsonNodeFactory.instance.arrayNode());
    }

    /** Answers {@code /q/health/ready}, naming each check. */
    public Processor readiness() {
        return exchange -> {
            ArrayNode results = JsonNodeFactory.instance.arrayNode();
            boolean up = add(results, STARTED, ready);
            for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
                up &= add(results, check.getKey(), check.getValue().getAsBoolean());
            }
            notes.forEach((name, trouble) -> note(results, name, trouble.get()));
            answer(exchange, up, results);
        };
    }

    private static boolean add(ArrayNode results, String name, boolean up) {
        results.addObject().put("name", name).put("status", status(up));
        return up;
    }

    private static void note(ArrayNode results, String name, @Nullable String trouble) {
        ObjectNode check = results.addObject().put("name", name).put("status", status(true));
        if (trouble != null) {
            check.putObject("data").put("trouble", trouble);
        }
    }

    private static void answer(Exchange exchange, boolean up, ArrayNode results) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", status(up));
        body.set("checks", results);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, up ? 200 : 503);
        message.setHeader("Content-Type", "application/json");
        message.setBody(body.toString());
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
