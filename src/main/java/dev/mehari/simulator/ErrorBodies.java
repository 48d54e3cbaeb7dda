package dev.mehari.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.exchange.Dialect;

/** Errors in the shapes of OpenAI and Anthropic, after the "Errors" page of each. */
final class ErrorBodies {
    private ErrorBodies() {}

    static ObjectNode of(Dialect dialect, int status, String message, String id) {
        return dialect == Dialect.ANTHROPIC ? anthropic(status, message, "req_" + id) : openAi(status, message);
    }

    static ObjectNode openAi(int status, String message) {
        ObjectNode body = Json.object();
        ObjectNode error = body.putObject("error")
                .put("message", message)
                .put("type", openAiType(status))
                .putNull("param");
        switch (status) {
            case 401 -> error.put("code", "invalid_api_key");
            case 429 -> error.put("code", "rate_limit_exceeded");
            default -> error.putNull("code");
        }
        return body;
    }

    private static String openAiType(int status) {
        if (status == 429) {
            return "requests";
        }
        return status >= 500 ? "server_error" : "invalid_request_error";
    }

    static ObjectNode anthropic(int status, String message, String requestId) {
        ObjectNode body = Json.object().put("type", "error");
        body.putObject("error").put("type", anthropicType(status)).put("message", message);
        return body.put("request_id", requestId);
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 503, 529 -> "overloaded_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }
}
