package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.operator.SessionToken;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The session that a request showed.
 *
 * @param end when it ends at the latest
 */
record CurrentSession(SessionToken token, Instant end) {
    private static final String PROPERTY = "mehari.admin.session";

    void putOn(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** Null when the request showed the admin token. */
    static @Nullable CurrentSession of(Exchange exchange) {
        return exchange.getProperty(PROPERTY) instanceof CurrentSession session ? session : null;
    }

    /** {@code {"by":"password","csrf_token","expires_at"}}. */
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("by", "password")
                .put("csrf_token", token.csrf())
                .put("expires_at", end.toString());
    }
}
