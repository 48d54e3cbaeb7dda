package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.SettingsView.Setting;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Puts answers on a message, JSON mostly, in place of the request and all its headers. */
final class AdminAnswer {
    private AdminAnswer() {}

    static void put(Exchange exchange, int status, JsonNode json) {
        put(exchange, status, "application/json", json.toString().getBytes(UTF_8));
        if (status == 401) {
            exchange.getMessage().setHeader("WWW-Authenticate", "Bearer");
        }
    }

    /** Something that browsers are to store under {@code name}, which needs no quoting. */
    static void putFile(Exchange exchange, String type, String name, byte[] body) {
        put(exchange, 200, type, body);
        exchange.getMessage().setHeader("Content-Disposition", "attachment; filename=\"" + name + '"');
    }

    private static void put(Exchange exchange, int status, String type, byte[] body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setHeader("Cache-Control", "no-store");
        message.setHeader("X-Content-Type-Options", "nosniff");
        message.setBody(body);
    }

    /** {@code {"error":{"code","message","field"}}}, the last only where one is to blame; the route stops. */
    static void put(Exchange exchange, AdminRefusal refusal) {
        put(exchange, refusal.status(), json(refusal));
        Duration retryAfter = refusal.retryAfter();
        if (retryAfter != null) {
            exchange.getMessage().setHeader("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        exchange.setRouteStop(true);
    }

    static ObjectNode json(AdminRefusal refusal) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode error = json.putObject("error")
                .put("code", refusal.code())
                .put("message", String.valueOf(refusal.getMessage()));
        String field = refusal.field();
        if (field != null) {
            error.put("field", field);
        }
        return json;
    }

    /** {@code {"key","value","default","description"}}. */
    static ObjectNode json(Setting setting) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("key", setting.key())
                .put("value", setting.value())
                .put("default", setting.defaultValue())
                .put("description", setting.description());
    }
}
