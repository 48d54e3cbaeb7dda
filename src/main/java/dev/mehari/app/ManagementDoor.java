package dev.mehari.app;

import dev.mehari.admin.UnreadableQuery;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.apache.camel.CamelContext;

/**
 * What a request to the management port passes first. The port listens before there are routes, and when they have gone: without this,
 * that would be answered with 404, as if there were no such thing, and not with 503. Of a request that it lets through, the query can
 * be read. Any thread.
 */
final class ManagementDoor {
    private static final String STARTING_OR_STOPPING =
            "{\"error\":{\"code\":\"not_ready\",\"message\":\"The gateway is starting or stopping; try again.\"}}";

    private volatile boolean open;

    /** Stands before the management port of {@code context}, which is the one that Vert.x serves. */
    void guard(CamelContext context) {
        Router router = Objects.requireNonNull(context.getRegistry().findSingleByType(Router.class));
        router.route().order(Integer.MIN_VALUE).handler(this::pass).handler(new UnreadableQuery());
    }

    void open() {
        open = true;
    }

    void close() {
        open = false;
    }

    private void pass(RoutingContext request) {
        if (open) {
            request.next();
            return;
        }
        request.response()
                .setStatusCode(503)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .putHeader("Retry-After", "1")
                .end(STARTING_OR_STOPPING);
    }
}
