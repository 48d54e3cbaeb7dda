package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.BreakersView.Breaker;

/** A circuit breaker as the admin API shows it. */
final class BreakerJson {
    private BreakerJson() {}

    static ObjectNode of(Breaker breaker) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("upstream", breaker.upstream())
                .put("state", breaker.state())
                .put("retry_after_ms", breaker.retryAfter().toMillis())
                .put("calls", breaker.calls())
                .put("failures", breaker.failures())
                .put("slow_calls", breaker.slowCalls())
                .put("not_permitted", breaker.notPermitted());
        if (breaker.failureRate() < 0) {
            json.putNull("failure_rate");
        } else {
            json.put("failure_rate", breaker.failureRate());
        }
        return json;
    }
}
