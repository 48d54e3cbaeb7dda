package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.net.URLDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a request whose query is not percent-encoded as it should be, before Camel reads it: that would fail without words.
 * 400 {@code invalid_value} with the parameter as {@code field}, as for any other query parameter that cannot be.
 */
public final class UnreadableQuery implements Handler<RoutingContext> {
    @Override
    public void handle(RoutingContext request) {
        try {
            request.queryParams();
        } catch (HttpException unreadable) {
            AdminRefusal refusal =
                    AdminRefusal.invalidValue(parameter(request.request().query()), "must be text, percent-encoded");
            request.response()
                    .setStatusCode(refusal.status())
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Cache-Control", "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff");
            var unused = request.end(AdminAnswer.json(refusal).toString());
            return;
        }
        request.next();
    }

    private static String parameter(@Nullable String query) {
        for (String pair : query == null ? new String[0] : query.split("[&;]", -1)) {
            if (!isReadable(pair)) {
                int is = pair.indexOf('=');
                return is < 0 || !isReadable(pair.substring(0, is)) ? "query" : pair.substring(0, is);
            }
        }
        return "query";
    }

    private static boolean isReadable(String text) {
        try {
            return URLDecoder.decode(text, UTF_8) != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
