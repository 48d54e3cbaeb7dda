package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.Operators;
import org.apache.camel.Exchange;

/** Answers {@code POST /api/logout} with {@code {"ended"}}, false when the admin token was shown; named {@code logOut}. */
public final class LogOut extends AdminResource {
    private final Operators operators;

    public LogOut(Operators operators) {
        this.operators = operators;
    }

    @Override
    void answer(Exchange exchange) throws StorageUnavailable {
        CurrentSession session = CurrentSession.of(exchange);
        boolean secure = RequestOrigin.isByTls(new AdminRequest(exchange));
        if (session != null) {
            operators.logOut(session.token());
        }
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("ended", session != null));
        if (session != null) {
            exchange.getMessage().setHeader("Set-Cookie", SessionCookie.none(secure));
        }
    }
}
