package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.routes.AdminRoutes.Operation;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.ApiDocument;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers of a running gateway beside the OpenAPI document. */
class ApiAnswersIT {
    /** Operations that do not read a body. */
    private static final Set<String> TAKES_NOTHING = Set.of("/api/logout", "/api/routes/check", "/api/routes/reload");

    private static final String PASSWORD = "{\"password\":\"correct horse battery\"}";
    private static final String KEY = "{\"name\":\"alice\",\"description\":\"d\",\"tags\":[\"t\"],\"owner\":\"o\","
            + "\"priority\":7,\"expires_after\":\"30d\",\"allowed_models\":[\"gpt-*\"],\"limits\":{\"concurrency\":5,"
            + "\"requests\":\"10/1m\",\"tokens\":\"1000/1h\",\"budget_daily\":\"5.00\","
            + "\"queue\":{\"size\":1,\"timeout\":\"2s\"}}}";
    private static final String PRICE = "{\"input\":\"2.50\",\"output\":\"10.00\"}";

    private static final String UPSTREAM =
            "{\"name\":\"a.b\",\"dialect\":\"plain\",\"base_url\":\"http://127.0.0.1:9\","
                    + "\"models\":[\"m*\"],\"aliases\":{\"m\":\"there\"},\"choice\":\"weighted\",\"timeouts\":{\"idle\":\"5s\"},"
                    + "\"tls\":{\"verify\":false},\"probe\":{\"interval\":\"30s\"}}";

    private static TestDatabase database;
    private static TestGateway gateway;
    private static AdminCaller holder;
    private static AdminCaller stranger;

    private final Set<Operation> asked = new HashSet<>();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        gateway = TestGateway.simulated(database, "mehari.credentials.master-key", "none");
        stranger = AdminCaller.stranger(gateway.adminUrl());
        holder = stranger.with("Authorization", "Bearer " + gateway.adminToken());
    }

    @AfterAll
    static void close() {
        gateway.close();
        database.close();
    }

    @Test
    void a_query_that_cannot_be_decoded_is_refused_by_the_parameters_name() throws Exception {
        for (String query : List.of("model=%zz", "limit=1&model=%e", "model=%")) {
            try (RawClient client = RawClient.connect(gateway.adminPort())) {
                RawClient.Answer answer = client.get(
                                "/api/audit?" + query, "Authorization", "Bearer " + gateway.adminToken())
                        .answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.headers())
                        .containsEntry("content-type", "application/json")
                        .containsEntry("cache-control", "no-store");
                assertThat(answer.body())
                        .isEqualTo("{\"error\":{\"code\":\"invalid_value\","
                                + "\"message\":\"model: must be text, percent-encoded\",\"field\":\"model\"}}");
            }
        }
    }

    @Test
    void every_operation_answers_as_described() throws Exception {
        ask(200, "PUT", "/api/password", "/api/password", PASSWORD);
        ask(200, "POST", "/api/login", "/api/login", PASSWORD);
        ask(200, "GET", "/api/session", "/api/session", "");
        ask(200, "POST", "/api/logout", "/api/logout", "");
        ask(200, "GET", "/api/openapi.json", "/api/openapi.json", "");
        ask(200, "GET", "/api/stats", "/api/stats", "");
        database.execute("insert into alert_event (at, instance, name, level, raised, value, above)"
                + " values (now(), 'a', 'queue', 'critical', true, 63, 50)");
        ask(200, "GET", "/api/alerts", "/api/alerts?limit=5", "");
        ask(200, "GET", "/api/monitor", "/api/monitor", "");
        ask(200, "GET", "/api/routes", "/api/routes", "");
        ask(200, "POST", "/api/routes/check", "/api/routes/check", "");
        ask(200, "POST", "/api/routes/reload", "/api/routes/reload", "");
        ask(200, "GET", "/api/audit", "/api/audit?limit=5", "");
        ask(200, "GET", "/api/audit/export", "/api/audit/export", "");
        ask(200, "GET", "/api/audit/key", "/api/audit/key", "");
        ask(200, "GET", "/api/audit/hours", "/api/audit/hours", "");
        ask(200, "GET", "/api/audit/days", "/api/audit/days", "");
        ask(200, "GET", "/api/captured", "/api/captured?limit=5", "");
        ask(404, "GET", "/api/captured/{request}", "/api/captured/none", "");
        ask(404, "DELETE", "/api/captured/{request}", "/api/captured/none", "");
        ask(200, "DELETE", "/api/captured", "/api/captured?key=1", "");
        ask(200, "GET", "/api/capture-readings", "/api/capture-readings?limit=5", "");
        ask(200, "GET", "/api/queue", "/api/queue", "");
        ask(200, "GET", "/api/settings", "/api/settings", "");
        ask(200, "GET", "/api/settings/{key}", "/api/settings/proxy.max_queue", "");
        ask(200, "PUT", "/api/settings/{key}", "/api/settings/proxy.max_queue", "{\"value\":9}");
        String id = askForKey();
        ask(200, "GET", "/api/keys", "/api/keys?state=all", "");
        ask(200, "GET", "/api/keys/{id}", "/api/keys/" + id, "");
        ask(200, "PATCH", "/api/keys/{id}", "/api/keys/" + id, "{\"priority\":3,\"limits\":{\"concurrency\":2}}");
        ask(200, "GET", "/api/keys/{id}/use", "/api/keys/" + id + "/use", "");
        ask(200, "DELETE", "/api/keys/{id}/leases", "/api/keys/" + id + "/leases", "");
        ask(200, "GET", "/api/leases", "/api/leases?key=" + id, "");
        ask(404, "DELETE", "/api/leases/{id}", "/api/leases/1", "");
        ask(200, "DELETE", "/api/keys/{id}", "/api/keys/" + id, "");
        ask(200, "POST", "/api/keys/{id}/restore", "/api/keys/" + id + "/restore", "");
        ask(200, "DELETE", "/api/keys/{id}", "/api/keys/" + id, "");
        ask(200, "DELETE", "/api/keys/{id}/purge", "/api/keys/" + id + "/purge", "");
        ask(201, "POST", "/api/upstreams", "/api/upstreams", UPSTREAM);
        ask(200, "GET", "/api/upstreams", "/api/upstreams", "");
        ask(200, "GET", "/api/upstreams/{name}", "/api/upstreams/a.b", "");
        ask(200, "PATCH", "/api/upstreams/{name}", "/api/upstreams/a.b", "{\"probe\":null,\"enabled\":false}");
        database.execute("insert into upstream_event (upstream, what) values ('a.b', 'failed')");
        ask(200, "GET", "/api/events", "/api/events?upstream=a.b&limit=5", "");
        ask(200, "DELETE", "/api/upstreams/{name}", "/api/upstreams/a.b", "");
        ask(200, "GET", "/api/usage", "/api/usage?from=2026-01-01", "");
        ask(200, "PUT", "/api/prices/{model}", "/api/prices/tried", PRICE);
        ask(200, "GET", "/api/prices", "/api/prices", "");
        ask(200, "DELETE", "/api/prices/{model}", "/api/prices/tried", "");
        ask(200, "POST", "/api/breakers/{upstream}/open", "/api/breakers/simulated/open", "");
        ask(200, "POST", "/api/breakers/{upstream}/close", "/api/breakers/simulated/close", "");
        ask(200, "POST", "/api/breakers/{upstream}/reset", "/api/breakers/simulated/reset", "");
        ask(200, "GET", "/api/breakers", "/api/breakers", "");
        askForCredentials();

        assertThat(asked).containsAll(below("/api/"));
    }

    @Test
    void a_body_that_curl_sends_as_a_form_is_told_which_type_it_needs() throws Exception {
        HttpResponse<String> answer = holder.send(
                "PUT",
                "/api/settings/proxy.max_queue",
                "{\"value\":9}",
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Content-Type: application/json");
    }

    @Test
    void every_refusal_is_as_described() throws Exception {
        for (Operation operation : below("/api/")) {
            String body = operation.method().startsWith("P") ? "{\"unknown\":1}" : "";

            complaints(operation, stranger.send(operation.method(), operation.examplePath(), body));
            if (!body.isEmpty() && !TAKES_NOTHING.contains(operation.path())) {
                HttpResponse<String> refused = holder.send(operation.method(), operation.examplePath(), body);
                complaints(operation, refused);
                assertThat(refused.statusCode()).as("%s", operation).isBetween(400, 404);
            }
        }
    }

    @Test
    void the_document_is_served() throws Exception {
        assertThat(holder.json("GET", "/api/openapi.json", "").path("openapi").asText())
                .isEqualTo("3.1.0");
    }

    @Test
    void an_answer_that_is_not_as_described_is_noticed() throws Exception {
        HttpResponse<String> settings = holder.send("GET", "/api/settings", "");

        assertThat(ApiDocument.complaints("GET", "/api/session", settings)).isNotEmpty();
        assertThat(ApiDocument.complaints("GET", "/api/leases", settings)).isNotEmpty();
    }

    private void ask(int status, String method, String template, String path, String body) throws Exception {
        Operation operation = new Operation(method, template);
        if (AdminRoutes.all().contains(operation)) {
            HttpResponse<String> answer = holder.send(method, path, body);
            assertThat(answer.statusCode())
                    .as("%s: %s", operation, answer.body())
                    .isEqualTo(status);
            complaints(operation, answer);
            asked.add(operation);
        }
    }

    private String askForKey() throws Exception {
        Operation operation = new Operation("POST", "/api/keys");
        if (!AdminRoutes.all().contains(operation)) {
            return database.query("select id from api_key limit 1").get(0);
        }
        HttpResponse<String> answer = holder.send("POST", "/api/keys", KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        complaints(operation, answer);
        asked.add(operation);
        return new ObjectMapper().readTree(answer.body()).path("id").asText();
    }

    private void askForCredentials() throws Exception {
        database.execute(
                "insert into upstream (name, dialect, base_url) values ('tried', 'openai', 'http://127.0.0.1:1')");
        String credential = "{\"upstream\":\"tried\",\"name\":\"c\",\"secret\":\"a secret of some length\"}";
        ask(201, "POST", "/api/credentials", "/api/credentials", credential);
        String id = database.text("select id from credential");
        String one = "/api/credentials/" + id;
        database.execute(
                "insert into credential_bench values (" + id + ", 'm', 'x', 500, now(), now() + interval '1 h')");
        ask(200, "POST", "/api/credentials/{id}/test", one + "/test", "");
        ask(200, "GET", "/api/credentials", "/api/credentials?upstream=tried&cooldown=true", "");
        ask(200, "GET", "/api/credentials/{id}", one, "");
        ask(200, "PATCH", "/api/credentials/{id}", one, "{\"weight\":2,\"models\":[\"m*\"]}");
        ask(200, "POST", "/api/credentials/{id}/disable", one + "/disable", "");
        ask(200, "POST", "/api/credentials/{id}/enable", one + "/enable", "");
        ask(200, "POST", "/api/credentials/{id}/release", one + "/release", "");
        ask(400, "POST", "/api/credentials/{id}/refresh", one + "/refresh", "");
        ask(200, "POST", "/api/credentials/import", "/api/credentials/import", "[" + credential + ",5]");
        ask(200, "POST", "/api/credentials/export", "/api/credentials/export", "{\"passphrase\":\"twelve or more\"}");
        ask(200, "POST", "/api/master-key/rotate", "/api/master-key/rotate", "");
        String batch = "{\"ids\":[\"" + id + "\",\"0\"],\"action\":\"disable\"}";
        ask(200, "POST", "/api/credentials/batch", "/api/credentials/batch", batch);
        ask(200, "DELETE", "/api/credentials/{id}", one, "");
        ask(200, "GET", "/api/bench-rules", "/api/bench-rules", "");
        String rules = "{\"rules\":[{\"status\":429,\"reason\":\"rate_limited\",\"duration\":\"5s\"}]}";
        ask(200, "PUT", "/api/bench-rules", "/api/bench-rules", rules);
    }

    private static void complaints(Operation operation, HttpResponse<String> answer) throws Exception {
        assertThat(ApiDocument.complaints(operation.method(), operation.path(), answer))
                .as("%s: %s", operation, answer.body())
                .isEmpty();
    }

    private static List<Operation> below(String path) throws Exception {
        return AdminRoutes.all().stream()
                .filter(operation -> operation.path().startsWith(path))
                .toList();
    }
}
