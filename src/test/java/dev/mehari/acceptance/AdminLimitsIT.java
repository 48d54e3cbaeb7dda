package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.ApiDocument;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of keys' limits, and do about calls that hold them. */
class AdminLimitsIT {
    private static final String PATH = "/v1/chat/completions";

    private static TestDatabase database;

    private final BlockingQueue<StubUpstream.Reply> held = new LinkedBlockingQueue<>();
    private final StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
    private TestGateway gateway;
    private AdminCaller stranger;
    private AdminCaller holder;
    private String key;
    private String id;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.to(stub, database, "mehari.limits", "memory");
        stranger = AdminCaller.stranger(gateway.adminUrl());
        holder = stranger.with("Authorization", "Bearer " + gateway.adminToken());
        key = limitedKey("concurrency = 2, requests = 10, cost_daily = 5000000000");
        id = idOf(key);
    }

    @AfterEach
    void close() {
        gateway.close();
        stub.close();
    }

    // row 21
    @Test
    void keys_are_listed_with_their_active_calls_and_cleared_by_force() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> calls = calls(2);
        String other = limitedKey("concurrency = 1");
        CompletableFuture<HttpResponse<String>> unharmed = gateway.postAs(other, PATH, Calls.CHAT);
        await().until(() -> held.size() == 3);

        assertThat(stranger.status("GET", "/api/leases", "")).isEqualTo(401);
        assertThat(stranger.status("DELETE", "/api/keys/" + id + "/leases", "")).isEqualTo(401);
        JsonNode before = described("GET", "/api/leases", "/api/leases");
        assertThat(active(before, id)).isEqualTo(2);
        assertThat(active(before, idOf(other))).isEqualTo(1);
        assertThat(before.path("leases")).hasSize(3);

        JsonNode returned = described("DELETE", "/api/keys/{id}/leases", "/api/keys/" + id + "/leases");

        assertThat(returned.path("returned").asInt()).isEqualTo(2);
        JsonNode after = described("GET", "/api/leases", "/api/leases?key=" + id);
        assertThat(active(after, id)).isZero();
        assertThat(after.path("leases")).isEmpty();
        assertThat(active(described("GET", "/api/leases", "/api/leases"), idOf(other)))
                .isEqualTo(1);
        for (CompletableFuture<HttpResponse<String>> call : calls) {
            assertThat(call)
                    .succeedsWithin(Duration.ofSeconds(5))
                    .satisfies(answer -> assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400));
        }
        assertThat(unharmed).isNotDone();
        CompletableFuture<HttpResponse<String>> next = gateway.postAs(key, PATH, Calls.CHAT);
        await().until(() -> held.size() == 4);
        endAll();
        assertThat(next.join().statusCode()).isEqualTo(200);
    }

    @Test
    void one_lease_is_returned_alone() throws Exception {
        calls(2);
        JsonNode leases =
                described("GET", "/api/leases", "/api/leases?key=" + id).path("leases");
        String lease = leases.at("/0/id").asText();

        assertThat(described("DELETE", "/api/leases/{id}", "/api/leases/" + lease)
                        .path("returned")
                        .asInt())
                .isEqualTo(1);

        assertThat(active(described("GET", "/api/leases", "/api/leases"), id)).isEqualTo(1);
        assertThat(holder.status("DELETE", "/api/leases/" + lease, "")).isEqualTo(404);
    }

    @Test
    void use_is_shown_by_limit() throws Exception {
        JsonNode unused = described("GET", "/api/keys/{id}/use", "/api/keys/" + id + "/use");
        assertThat(limit(unused, "concurrency").path("used").asInt()).isZero();
        assertThat(limit(unused, "concurrency").path("limit").asInt()).isEqualTo(2);

        calls(2);

        JsonNode use = described("GET", "/api/keys/{id}/use", "/api/keys/" + id + "/use");
        assertThat(use.path("key_id").asText()).isEqualTo(id);
        assertThat(use.path("limits")).hasSize(7);
        assertThat(limit(use, "concurrency").path("used").asInt()).isEqualTo(2);
        assertThat(limit(use, "concurrency").path("reset_at").isNull()).isTrue();
        assertThat(limit(use, "requests").path("used").asInt()).isEqualTo(2);
        assertThat(limit(use, "requests").path("reset_at").asText()).endsWith("Z");
        for (JsonNode one : use.path("limits")) {
            boolean unlimited = one.path("limit").isNull();
            assertThat(unlimited && !one.path("reset_at").isNull())
                    .as("%s", one)
                    .isFalse();
        }
        assertThat(limit(use, "tokens").path("limit").isNull()).isTrue();
        assertThat(limit(use, "cost_daily").path("limit").asText()).isEqualTo("5.00");
    }

    @Test
    void a_key_that_there_is_not_is_told() throws Exception {
        for (String path : List.of("/api/keys/999999/use", "/api/keys/0/use")) {
            assertThat(holder.json("GET", path, "").at("/error/code").asText()).isEqualTo("unknown_key");
        }
        assertThat(holder.status("DELETE", "/api/keys/999999/leases", "")).isEqualTo(404);
    }

    // row 20
    @Test
    void queue_statistics_add_up() throws Exception {
        String queued = limitedKey("concurrency = 1, queue_size = 2, queue_timeout_ms = 1000");
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        calls.add(gateway.postAs(queued, PATH, Calls.CHAT));
        await().until(() -> held.size() == 1);
        calls.add(gateway.postAs(queued, PATH, Calls.CHAT));
        await().until(() -> queue(queued).path("waiting").asInt() == 1);
        endOne();
        await().until(() -> held.size() == 1);
        calls.add(gateway.postAs(queued, PATH, Calls.CHAT));
        calls.add(gateway.postAs(queued, PATH, Calls.CHAT));
        await().until(() -> queue(queued).path("waiting").asInt() == 2);
        assertThat(gateway.postAs(queued, PATH, Calls.CHAT).join().statusCode()).isEqualTo(429);

        JsonNode waiting = queue(queued);
        assertThat(waiting.path("entered").asInt()).isEqualTo(3);
        assertThat(waiting.path("success").asInt()).isEqualTo(1);
        assertThat(waiting.path("rejected").asInt()).isEqualTo(1);
        await().until(() -> queue(queued).path("timeout").asInt() == 2);

        JsonNode ended = queue(queued);
        assertThat(ended.path("entered").asInt())
                .isEqualTo(sum(ended, "success", "timeout", "cancelled", "waiting"))
                .isEqualTo(3);
        assertThat(ended.path("p99_ms").asInt())
                .isGreaterThanOrEqualTo(ended.path("p50_ms").asInt());
        JsonNode admission = described("GET", "/api/queue", "/api/queue").path("admission");
        assertThat(sum(admission, "entered")).isEqualTo(sum(admission, "success", "timeout", "cancelled", "waiting"));
        endAll();
        assertThat(calls).allMatch(call -> call.join().statusCode() > 0);
    }

    private List<CompletableFuture<HttpResponse<String>>> calls(int number) {
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            calls.add(gateway.postAs(key, PATH, Calls.CHAT));
        }
        await().until(() -> held.size() == number);
        return calls;
    }

    private void endOne() throws InterruptedException {
        StubUpstream.Reply reply = held.take();
        reply.after(Duration.ZERO, () -> reply.json(200, "{\"ok\":true}"));
    }

    private void endAll() throws InterruptedException {
        while (!held.isEmpty()) {
            endOne();
        }
    }

    private JsonNode described(String method, String template, String path) throws Exception {
        HttpResponse<String> answer = holder.send(method, path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(ApiDocument.complaints(method, template, answer))
                .as(answer.body())
                .isEmpty();
        return holder.parse(answer);
    }

    private JsonNode queue(String ofKey) throws Exception {
        return entry(described("GET", "/api/queue", "/api/queue").path("keys"), "key_id", idOf(ofKey));
    }

    private static int active(JsonNode leases, String keyId) {
        return entry(leases.path("keys"), "key_id", keyId).path("active").asInt(-1);
    }

    private static JsonNode limit(JsonNode use, String kind) {
        return entry(use.path("limits"), "kind", kind);
    }

    private static JsonNode entry(JsonNode list, String field, String value) {
        for (JsonNode entry : list) {
            if (entry.path(field).asText().equals(value)) {
                return entry;
            }
        }
        return list.path(-1);
    }

    private static int sum(JsonNode json, String... fields) {
        int sum = 0;
        for (String field : fields) {
            sum += json.path(field).asInt();
        }
        return sum;
    }

    private String limitedKey(String limits) {
        String made = gateway.newKey("limited", 5);
        database.execute("update api_key set " + limits + " where key_hash = encode(sha256('" + made + "'), 'hex')");
        return made;
    }

    private static String idOf(String key) {
        return database.query("select id from api_key where key_hash = encode(sha256('" + key + "'), 'hex')")
                .get(0);
    }
}
