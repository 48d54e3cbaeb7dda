package dev.mehari.admin;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Lets a request on only if it shows the admin token; named {@code requireAdminToken}, the first step of every admin route.
 * Else answers 401 and stops the route. The header does not travel further.
 */
public final class RequireAdminToken implements Processor {
    private final AdminToken token;

    public RequireAdminToken(AdminToken token) {
        this.token = token;
    }

    @Override
    public void process(Exchange exchange) {
        Object shown = exchange.getMessage().removeHeader("Authorization");
        if (!token.isShownBy(shown instanceof String text ? text : null)) {
            AdminAnswer.putError(
                    exchange,
                    401,
                    "admin_token_required",
                    "Send Authorization: Bearer with the admin token, which is in the file " + AdminToken.FILE
                            + " of the gateway's data folder.");
            exchange.setRouteStop(true);
        }
    }
}
