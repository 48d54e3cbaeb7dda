package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/session} with who asks: {@code {"by":"token"|"password","csrf_token","expires_at"}}, the last two null
 * for the token; named {@code showSession}.
 */
public final class ShowSession extends AdminResource {
    @Override
    void answer(Exchange exchange) {
        CurrentSession session = CurrentSession.of(exchange);
        AdminAnswer.put(
                exchange,
                200,
                session != null
                        ? session.json()
                        : JsonNodeFactory.instance
                                .objectNode()
                                .put("by", "token")
                                .putNull("csrf_token")
                                .putNull("expires_at"));
    }
}
