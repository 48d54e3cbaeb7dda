package dev.mehari.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks after upstreams and credentials over the admin API, as an operator's script would. What is refused fails with the
 * answer. Fields beyond the usual ones are names and JSON texts in turn: {@code "priority", "10", "models", "[\"a\"]"}.
 */
public final class PoolAdmin {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdminCaller caller;

    private PoolAdmin(AdminCaller caller) {
        this.caller = caller;
    }

    /**
     * One who shows the admin token.
     *
     * @param url of the management port, without a slash at its end
     */
    public static PoolAdmin with(String token, String url) {
        return new PoolAdmin(
                AdminCaller.stranger(url).with("Authorization", "Bearer " + token, "Content-Type", "application/json"));
    }

    /** Makes an upstream on this machine. */
    public void upstream(String name, String dialect, int port, String... fields) throws Exception {
        ObjectNode upstream = JSON.createObjectNode();
        upstream.put("name", name);
        upstream.put("dialect", dialect);
        upstream.put("base_url", "http://127.0.0.1:" + port);
        done("POST", "/api/upstreams", with(upstream, fields));
    }

    /** Makes a credential that is an API key; returns its id. */
    public String apiKey(String upstream, String name, String secret, String... fields) throws Exception {
        return credential(upstream, name, "api-key", secret, fields);
    }

    /** Makes a credential of one secret: {@code api-key}, {@code bearer} or {@code header}; returns its id. */
    public String credential(String upstream, String name, String kind, String secret, String... fields)
            throws Exception {
        ObjectNode credential = JSON.createObjectNode();
        credential.put("upstream", upstream);
        credential.put("name", name);
        credential.put("kind", kind);
        credential.put("secret", secret);
        return done("POST", "/api/credentials", with(credential, fields))
                .path("id")
                .asText();
    }

    /** Makes an OAuth credential that has a token already; returns its id. */
    public String oauth(
            String upstream,
            String name,
            TokenStub tokens,
            String accessToken,
            String refreshToken,
            Instant expires,
            String... fields)
            throws Exception {
        ObjectNode credential = JSON.createObjectNode();
        credential.put("upstream", upstream);
        credential.put("name", name);
        credential.put("kind", "oauth");
        credential.put("token_url", tokens.url().toString());
        credential.put("client_id", "mehari-test");
        credential.put("access_token", accessToken);
        credential.put("refresh_token", refreshToken);
        credential.put("expires_at", expires.toString());
        return done("POST", "/api/credentials", with(credential, fields))
                .path("id")
                .asText();
    }

    /** The credential of that id, as it is shown. */
    public JsonNode credential(String id) throws Exception {
        return done("GET", "/api/credentials/" + id, null);
    }

    /** Credentials that {@code query} asks for, such as {@code ?status=benched}; empty for all. */
    public List<JsonNode> credentials(String query) throws Exception {
        return list(done("GET", "/api/credentials" + query, null), "credentials");
    }

    /** {@code enable}, {@code disable}, {@code test}, {@code refresh} or {@code release}. */
    public JsonNode does(String action, String credential) throws Exception {
        return done("POST", "/api/credentials/" + credential + "/" + action, null);
    }

    /** What happened to an upstream, the latest first. */
    public List<JsonNode> events(String upstream) throws Exception {
        return list(done("GET", "/api/events?upstream=" + upstream + "&limit=100", null), "events");
    }

    public JsonNode upstream(String name) throws Exception {
        return done("GET", "/api/upstreams/" + name, null);
    }

    /** Puts these rules in place of all others, to be looked at in this order. */
    public void benchRules(List<Rule> rules) throws Exception {
        ObjectNode all = JSON.createObjectNode();
        ArrayNode list = all.putArray("rules");
        for (Rule rule : rules) {
            ObjectNode one = list.addObject();
            one.put("status", rule.status());
            one.put("scope", rule.scope());
            one.put("reason", rule.reason());
            one.put("duration", rule.duration());
        }
        done("PUT", "/api/bench-rules", all);
    }

    /**
     * A rule on benching.
     *
     * @param scope {@code credential} or {@code model}
     * @param duration such as {@code 500ms}
     */
    public record Rule(int status, String scope, String reason, String duration) {}

    /** Sends a JSON body, or none when it is null; the answer has to be of 2xx. */
    public JsonNode done(String method, String path, JsonNode body) throws Exception {
        HttpResponse<String> answer = send(method, path, body == null ? "" : body.toString());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    method + " " + path + " " + body + ": " + answer.statusCode() + " " + answer.body());
        }
        return caller.parse(answer);
    }

    /** Sends; the answer may be anything. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return caller.send(method, path, body);
    }

    private static ObjectNode with(ObjectNode object, String... fields) throws IOException {
        for (int i = 0; i < fields.length; i += 2) {
            object.set(fields[i], JSON.readTree(fields[i + 1]));
        }
        return object;
    }

    private static List<JsonNode> list(JsonNode answer, String field) {
        List<JsonNode> all = new ArrayList<>();
        answer.path(field).forEach(all::add);
        return all;
    }
}
