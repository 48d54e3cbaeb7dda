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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When an upstream is left alone, and when it is asked again. */
class BreakerIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static HttpResponse<String> call(TestGateway gateway) {
        return gateway.post("/v1/chat/completions", Calls.CHAT).join();
    }

    private static boolean isTurnedAway(HttpResponse<String> answer) {
        return answer.statusCode() == 503 && answer.body().contains("circuit_open");
    }

    private static JsonNode breaker(TestGateway gateway) throws Exception {
        return JSON.readTree(gateway.admin("GET", "/api/breakers", "").body()).at("/breakers/0");
    }

    @Test
    void a_refusal_that_breaks_off_says_what_its_status_says() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw("HTTP/1.1 429 Too Many\r\nContent-Length: 100\r\n\r\n{\"error\":")
                                .close());
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.breaker.threshold", "2", "mehari.retry.max", "0")) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = gateway.connect()) {
                    client.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + gateway.key());
                    assertThat(client.answer().status()).isEqualTo(429);
                }
            }
            assertThat(stub.requests()).hasSize(3);
        }
    }

    // row 29
    @Test
    void the_threshold_opens_it_and_the_next_call_is_turned_away_at_once() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(500);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.breaker.threshold", "5")) {
            for (int i = 0; i < 5; i++) {
                assertThat(call(gateway).statusCode()).isEqualTo(500);
            }
            long started = System.nanoTime();
            HttpResponse<String> refused = call(gateway);

            assertThat(isTurnedAway(refused)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(50));
            assertThat(Long.parseLong(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(50L, 60L);
            assertThat(stub.requests()).hasSize(5);
        }
    }

    // row 29
    @Test
    void tries_that_fail_count_one_by_one() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(503);
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.breaker.threshold", "5", "mehari.retry.backoff", "10ms")) {
            assertThat(call(gateway).statusCode()).isEqualTo(503);
            assertThat(isTurnedAway(call(gateway)))
                    .as("the fifth failure is the upstream's answer, and the sixth try is not made")
                    .isFalse();
            assertThat(isTurnedAway(call(gateway))).isTrue();
            assertThat(stub.requests()).hasSize(5);
        }
    }

    // row 29
    @Test
    void a_single_failure_after_good_times_leaves_it_closed() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.breaker.threshold", "5")) {
            assertThat(call(gateway).statusCode()).isEqualTo(200);
            stub.answer((request, reply) -> reply.json(500, "{}"));
            assertThat(call(gateway).statusCode()).isEqualTo(500);
            assertThat(call(gateway).statusCode()).isEqualTo(500);

            assertThat(stub.requests()).hasSize(3);
            assertThat(breaker(gateway).path("state").asText()).isEqualTo("closed");
            assertThat(breaker(gateway).path("failures").asInt()).isEqualTo(2);
        }
    }

    // row 30
    @Test
    void after_its_wait_one_trial_decides() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.respondingWith(500);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.breaker.threshold", "1", "mehari.breaker.wait", "1s")) {
            call(gateway);
            assertThat(isTurnedAway(call(gateway))).isTrue();

            stub.answer((request, reply) -> held.add(reply));
            List<java.util.concurrent.CompletableFuture<HttpResponse<String>>> trial = new ArrayList<>();
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                trial.add(gateway.post("/call", "{}"));
                return held.size() == 1;
            });
            assertThat(isTurnedAway(call(gateway))).as("one trial at a time").isTrue();
            held.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(500, "{}")));
            held.clear();
            trial.forEach(java.util.concurrent.CompletableFuture::join);
            assertThat(isTurnedAway(call(gateway)))
                    .as("a failed trial opens it anew")
                    .isTrue();
            assertThat(stub.requests()).hasSize(2);

            stub.answer((request, reply) -> reply.json(200, "{}"));
            await().atMost(Duration.ofSeconds(5)).until(() -> call(gateway).statusCode() == 200);
            assertThat(call(gateway).statusCode()).isEqualTo(200);
            assertThat(breaker(gateway).path("state").asText()).isEqualTo("closed");
        }
    }

    // row 30
    @Test
    void a_trial_that_its_client_abandons_does_not_stick() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(500);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.breaker.threshold", "1", "mehari.breaker.wait", "1s")) {
            call(gateway);
            stub.answer((request, reply) -> {});
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                try (RawClient client = gateway.connect()) {
                    client.post("/call", "{}", "Authorization", "Bearer " + gateway.key());
                    await().during(Duration.ofMillis(100)).until(() -> true);
                }
                return stub.requests().size() == 2;
            });
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.inFlight() == 0);
            stub.answer((request, reply) -> reply.json(200, "{}"));

            await().atMost(Duration.ofSeconds(2)).until(() -> call(gateway).statusCode() == 200);
            assertThat(breaker(gateway).path("state").asText()).isEqualTo("closed");
        }
    }

    // row 31
    @Test
    void what_clients_do_never_opens_it() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(400);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.breaker.threshold", "2")) {
            for (int i = 0; i < 20; i++) {
                assertThat(call(gateway).statusCode()).isEqualTo(400);
            }
            stub.answer((request, reply) -> {});
            for (int i = 0; i < 20; i++) {
                try (RawClient client = gateway.connect()) {
                    client.post("/call/" + i, "{}", "Authorization", "Bearer " + gateway.key());
                    int sent = 21 + i;
                    await().until(() -> stub.requests().size() == sent);
                }
            }
            await().until(() -> gateway.metrics().path("cancelled").asInt() == 20);
            stub.answer((request, reply) -> reply.json(429, "{}", "Retry-After", "31"));
            for (int i = 0; i < 5; i++) {
                assertThat(call(gateway).statusCode()).isEqualTo(429);
            }

            assertThat(gateway.metrics().path("circuit_open").asBoolean()).isFalse();
            assertThat(breaker(gateway).path("failures").asInt()).isZero();
        }
    }

    @Test
    void an_operator_opens_it_and_lets_calls_through_again() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(breaker(gateway).path("state").asText()).isEqualTo("closed");

            HttpResponse<String> opened = gateway.admin("POST", "/api/breakers/target/open", "");
            assertThat(JSON.readTree(opened.body()).path("state").asText()).isEqualTo("forced_open");
            assertThat(isTurnedAway(call(gateway))).isTrue();
            JsonNode metrics = gateway.metrics();
            assertThat(metrics.path("circuit_open").asBoolean()).isTrue();
            assertThat(metrics.at("/breakers/target").asText()).isEqualTo("forced_open");
            assertThat(gateway.admin("GET", "/q/metrics", "").body())
                    .contains("mehari_breaker_state{upstream=\"target\"} 3.0")
                    .contains("mehari_retries_total{outcome=\"retried\"} 0.0");

            for (String action : new String[] {"close", "reset"}) {
                gateway.admin("POST", "/api/breakers/target/open", "");
                assertThat(gateway.admin("POST", "/api/breakers/target/" + action, "")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(call(gateway).statusCode()).isEqualTo(200);
            }
            assertThat(gateway.admin("POST", "/api/breakers/nobody/open", "").statusCode())
                    .isEqualTo(404);
        }
    }
}
