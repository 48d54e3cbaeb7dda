package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Speaks to the admin API of one running gateway, as JSON. Blocks the thread that asks, 10 s at most unless said otherwise. */
final class AdminClient {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LONG_PATIENCE = Duration.ofMinutes(5);

    private final URI base;
    private final String token;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    AdminClient(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    JsonNode get(String path) throws AdminFailure {
        return send("GET", path, BodyPublishers.noBody());
    }

    /**
     * What a resource answers in another form than JSON.
     *
     * @param next where the part begins that follows; null for the last
     */
    record Part(String text, @Nullable String next) {}

    /** What {@code path} answers in another form than JSON. */
    String text(String path, String type) throws AdminFailure {
        return part(path, type).text();
    }

    /** The same of a resource that comes in parts. */
    Part part(String path, String type) throws AdminFailure {
        HttpResponse<String> response = sent(HttpRequest.newBuilder(base.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Accept", type));
        if (response.statusCode() == 200) {
            return new Part(
                    response.body(),
                    response.headers().firstValue("X-Mehari-Next").orElse(null));
        }
        answer(response.statusCode(), response.body());
        throw new AdminFailure("The gateway at " + base + " does not answer with " + type + ".", false);
    }

    JsonNode put(String path, JsonNode body) throws AdminFailure {
        return send("PUT", path, BodyPublishers.ofString(body.toString(), UTF_8));
    }

    /** Sends {@code body}; null for none. */
    JsonNode post(String path, @Nullable JsonNode body) throws AdminFailure {
        return send(
                "POST", path, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString(), UTF_8));
    }

    /** Sends a file of that type; waits up to five minutes, for what is done with it may take long. */
    JsonNode post(String path, byte[] body, String type) throws AdminFailure {
        return send("POST", path, BodyPublishers.ofByteArray(body), type, LONG_PATIENCE);
    }

    JsonNode patch(String path, JsonNode body) throws AdminFailure {
        return send("PATCH", path, BodyPublishers.ofString(body.toString(), UTF_8));
    }

    JsonNode delete(String path) throws AdminFailure {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    /** An id or a name as one segment of a path; refuses what a path cannot hold (RFC 3986, section 5.2.4). */
    static String segment(String idOrName) throws AdminFailure {
        if (idOrName.isBlank()) {
            throw new AdminFailure("An id or a name is needed, and the one given is empty.", true);
        }
        if (idOrName.equals(".") || idOrName.equals("..")) {
            throw new AdminFailure("There is nothing with the id or name " + idOrName + ": say another.", true);
        }
        return encoded(idOrName);
    }

    /** {@code text} as the value of a query parameter. */
    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private JsonNode send(String method, String path, BodyPublisher body) throws AdminFailure {
        return send(method, path, body, "application/json", PATIENCE);
    }

    private JsonNode send(String method, String path, BodyPublisher body, String type, Duration patience)
            throws AdminFailure {
        HttpResponse<String> response = sent(HttpRequest.newBuilder(base.resolve(path))
                .timeout(patience)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(method, body));
        return answer(response.statusCode(), response.body());
    }

    private HttpResponse<String> sent(HttpRequest.Builder builder) throws AdminFailure {
        HttpRequest request = builder.build();
        try {
            return http.send(request, BodyHandlers.ofString(UTF_8));
        } catch (ConnectException e) {
            throw new AdminFailure(
                    "No gateway answers at " + base
                            + ". Start one with `mehari run`, or say where it is with --admin-url.",
                    false);
        } catch (HttpTimeoutException e) {
            throw new AdminFailure(
                    "The gateway at " + base + " did not answer within "
                            + request.timeout().orElse(PATIENCE).toSeconds() + " s.",
                    false);
        } catch (IOException e) {
            throw new AdminFailure("Speaking to " + base + " failed: " + e.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminFailure("Interrupted.", false);
        }
    }

    private JsonNode answer(int status, String body) throws AdminFailure {
        if (status == 401) {
            throw new AdminFailure(
                    "The gateway at " + base + " does not accept this admin token. It is in the file admin-token of "
                            + "that gateway's data folder: use --data-dir, or set MEHARI_ADMIN_TOKEN.",
                    true);
        }
        JsonNode answer = parsed(body);
        if (status < 400 && answer != null) {
            return answer;
        }
        String message = answer == null ? "" : answer.at("/error/message").asText();
        if (message.isEmpty()) {
            message = "What answers at " + base + " (status " + status + ") is not the admin port of a gateway.";
        }
        throw new AdminFailure(named(answer, message), status < 500);
    }

    /** The message, with the field in front that it is about, unless it names it itself. */
    private static String named(@Nullable JsonNode answer, String message) {
        String field = answer == null ? "" : answer.at("/error/field").asText("");
        return field.isEmpty() || message.contains(field) ? message : field + ": " + message;
    }

    private @Nullable JsonNode parsed(String body) {
        try {
            JsonNode node = json.readTree(body);
            return node.isObject() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
