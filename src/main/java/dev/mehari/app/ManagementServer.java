package dev.mehari.app;

import dev.mehari.admin.UnreadableQuery;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;

/**
 * Listens at the management port, for the routes from {@code platform-http}. It listens before there are routes, and when they have
 * gone: without {@link #letIn} and {@link #keepOut} around their time, that would be answered with 404, as if there were no such thing,
 * and not with 503. Of a request that it lets through, the query can be read. Any thread.
 */
final class ManagementServer extends VertxPlatformHttpServer {
    /** Imports of credentials may be that large; every other resource takes far less. */
    private static final long MAX_BODY = 8 << 20;

    private static final String STARTING_OR_STOPPING =
            "{\"error\":{\"code\":\"not_ready\",\"message\":\"The gateway is starting or stopping; try again.\"}}";

    private volatile boolean open;

    ManagementServer(String host, int port) {
        super(configuration(host, port));
    }

    private static VertxPlatformHttpServerConfiguration configuration(String host, int port) {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(host);
        configuration.setBindPort(port);
        configuration.setMaxBodySize(MAX_BODY);
        configuration.getBodyHandler().setHandleFileUploads(false);
        return configuration;
    }

    /** Before it listens, or its first requests would find nothing that lets them in or not. */
    @Override
    protected void startServer() throws Exception {
        Router router = Objects.requireNonNull(getCamelContext().getRegistry().findSingleByType(Router.class));
        router.route().order(Integer.MIN_VALUE).handler(this::pass).handler(new UnreadableQuery());
        super.startServer();
    }

    void letIn() {
        open = true;
    }

    void keepOut() {
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
