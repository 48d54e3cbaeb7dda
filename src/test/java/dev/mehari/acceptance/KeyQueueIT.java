package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key whose calls beyond its concurrency wait, through the whole gateway. */
class KeyQueueIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALL = "/v1/chat/completions";
    private static TestDatabase database;

    private final BlockingQueue<StubUpstream.Reply> held = new LinkedBlockingQueue<>();
    private final StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
    private TestGateway gateway;
    private String key;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    private void startWith(String ledger) throws Exception {
        gateway = TestGateway.to(stub, database, "mehari.limits", ledger);
        key = gateway.newKey("queued", 5);
        database.execute("update api_key set concurrency = 1, queue_size = 1, queue_timeout_ms = 2000"
                + " where key_hash = encode(sha256('" + key + "'), 'hex')");
    }

    @AfterEach
    void close() {
        gateway.close();
        stub.close();
    }

    private CompletableFuture<HttpResponse<String>> call() {
        return gateway.postAs(key, CALL, Calls.CHAT);
    }

    private CompletableFuture<HttpResponse<String>> running() {
        CompletableFuture<HttpResponse<String>> running = call();
        await().until(() -> held.size() == 1);
        return running;
    }

    private void endOne() throws Exception {
        StubUpstream.Reply reply = held.take();
        reply.after(Duration.ZERO, () -> reply.json(200, "{\"ok\":true}"));
    }

    private void awaitWaiting(int calls) {
        await().pollInterval(Duration.ofMillis(20)).until(() -> metric("mehari_limits_waiting") == calls);
    }

    private double metric(String name) throws Exception {
        return gateway.admin("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static JsonNode body(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    // row 19
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void one_waits_and_is_served_and_the_next_finds_the_queue_full(String ledger) throws Exception {
        startWith(ledger);
        CompletableFuture<HttpResponse<String>> running = running();
        CompletableFuture<HttpResponse<String>> waiting = call();
        awaitWaiting(1);

        HttpResponse<String> third = call().join();
        endOne();
        endOne();

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).contains("2");
        JsonNode body = body(third);
        assertThat(body.path("error").asText()).isEqualTo("Concurrency queue full");
        assertThat(body.path("currentConcurrency").asInt()).isEqualTo(1);
        assertThat(body.path("concurrencyLimit").asInt()).isEqualTo(1);
        assertThat(body.path("queueCount").asInt()).isEqualTo(1);
        assertThat(body.path("maxQueueSize").asInt()).isEqualTo(1);
        assertThat(body.path("queueTimeoutMs").asInt()).isEqualTo(2_000);
        assertThat(body.path("retryAfterSeconds").asInt()).isEqualTo(2);
        assertThat(running.join().statusCode()).isEqualTo(200);
        assertThat(waiting.join().statusCode()).isEqualTo(200);
        assertThat(stub.mostInFlight()).isEqualTo(1);
    }

    // row 19
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void who_waits_for_too_long_is_told_for_how_long(String ledger) throws Exception {
        startWith(ledger);
        CompletableFuture<HttpResponse<String>> running = running();

        HttpResponse<String> late = call().join();
        endOne();

        assertThat(late.statusCode()).isEqualTo(429);
        JsonNode body = body(late);
        assertThat(body.path("error").asText()).isEqualTo("Queue timeout");
        assertThat(body.path("waitTimeMs").asInt()).isBetween(2_000, 4_000);
        assertThat(Integer.parseInt(late.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(5, 30);
        assertThat(running.join().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void a_client_that_leaves_the_queue_makes_room(String ledger) throws Exception {
        startWith(ledger);
        CompletableFuture<HttpResponse<String>> running = running();
        try (RawClient leaving = gateway.connect()) {
            leaving.post(CALL, Calls.CHAT, "Authorization", "Bearer " + key);
            awaitWaiting(1);
            leaving.kill();
        }
        awaitWaiting(0);
        CompletableFuture<HttpResponse<String>> next = call();
        awaitWaiting(1);
        endOne();
        endOne();

        assertThat(next.join().statusCode()).isEqualTo(200);
        assertThat(running.join().statusCode()).isEqualTo(200);
        assertThat(stub.requests()).hasSize(2);
        await().until(() -> metric("mehari_limits_leases") == 0);
    }
}
