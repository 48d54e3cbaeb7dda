package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.StubUpstream.Request;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway does when a try has failed. */
class RetryIT {
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    /** An upstream that answers with {@code statuses} in turn, and with the last of them from then on. */
    private static StubUpstream inTurn(Integer... statuses) {
        List<Integer> left = new ArrayList<>(Arrays.asList(statuses));
        return StubUpstream.answering((request, reply) -> {
            int status;
            synchronized (left) {
                status = left.size() > 1 ? left.remove(0) : left.get(0);
            }
            reply.json(status, "{\"status\":" + status + "}");
        });
    }

    private static Duration gap(StubUpstream stub, int before, int after) {
        return Duration.ofNanos(stub.requests().get(after).arrivedNanos()
                - stub.requests().get(before).arrivedNanos());
    }

    // row 26
    @Test
    void an_upstream_that_is_unavailable_for_a_moment_is_asked_again_with_growing_gaps() throws Exception {
        try (StubUpstream stub = inTurn(503, 503, 200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            HttpResponse<String> answer = gateway.post("/v1/chat/completions", Calls.CHAT, "Idempotency-Key", "once")
                    .join();

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":200}");
            assertThat(answer.headers().firstValue("X-Mehari-Attempts")).contains("3");
            assertThat(stub.requests()).hasSize(3).allSatisfy(request -> {
                assertThat(request.text()).isEqualTo(Calls.CHAT);
                assertThat(request.headers().get("Idempotency-Key")).isEqualTo("once");
                assertThat(request.headers().names()).noneMatch(name -> name.startsWith("Camel"));
            });
            // 200 ms and 400 ms, give or take 20 % each.
            assertThat(gap(stub, 0, 1)).isBetween(Duration.ofMillis(155), Duration.ofMillis(600));
            assertThat(gap(stub, 1, 2)).isBetween(Duration.ofMillis(250), Duration.ofMillis(1_200));
            assertThat(gap(stub, 1, 2)).isGreaterThan(gap(stub, 0, 1));
        }
    }

    // row 26
    @Test
    void what_says_something_against_the_request_is_asked_once() throws Exception {
        for (int status : new int[] {400, 401, 404, 422}) {
            try (StubUpstream stub = StubUpstream.respondingWith(status);
                    TestGateway gateway = TestGateway.to(stub, database)) {
                HttpResponse<String> answer =
                        gateway.post("/v1/chat/completions", Calls.CHAT).join();

                assertThat(answer.statusCode()).isEqualTo(status);
                assertThat(answer.headers().firstValue("X-Mehari-Attempts")).isEmpty();
                assertThat(stub.requests()).hasSize(1);
            }
        }
    }

    // row 26
    @Test
    void a_large_body_is_sent_again_as_it_was() throws Exception {
        byte[] random = new byte[1_500_000];
        new Random(26).nextBytes(random);
        String body = java.util.Base64.getEncoder().encodeToString(random);
        try (StubUpstream stub = inTurn(503, 200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            HttpResponse<String> answer = gateway.post("/upload", body).join();

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(stub.requests()).hasSize(2).extracting(Request::text).allMatch(body::equals);
        }
    }

    // row 26
    @Test
    void a_body_of_unknown_length_is_sent_again_as_it_was() throws Exception {
        String body = "{\"n\":\"" + "0123456789".repeat(20_000) + "\"}";
        try (StubUpstream stub = inTurn(503, 200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            HttpRequest chunked = HttpRequest.newBuilder(URI.create(gateway.url() + "/upload"))
                    .header("Authorization", "Bearer " + gateway.key())
                    .POST(HttpRequest.BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(chunked, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(stub.requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.text()).isEqualTo(body);
                assertThat(request.headers().get("Content-Length")).isEqualTo("" + body.length());
                assertThat(request.headers().get("Transfer-Encoding")).isNull();
            });
        }
    }

    /** What an upstream said before its refusal broke off, and how it broke off. */
    private static void breakOff(StubUpstream.Reply reply, int how, int status) {
        String head = "HTTP/1.1 " + status + " Refused\r\nContent-Type: application/json\r\n";
        switch (how) {
            case 0 -> reply.raw(head + "Content-Length: 100\r\n\r\n").close();
            case 1 -> reply.raw(head + "Content-Length: 100\r\n\r\n{\"error\":").close();
            case 2 -> reply.raw(head + "Content-Length: 100\r\n\r\n{\"error\":").reset();
            case 3 ->
                reply.raw(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"error\":\r\n")
                        .close();
            case 4 -> reply.raw(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"error\":\r\nno size\r\n");
            default -> reply.raw(head + "Content-Length: 100\r\n\r\n{\"error\":"); // and nothing any more
        }
    }

    // row 26
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void a_refusal_that_breaks_off_is_still_one(int how) throws Exception {
        for (int status : new int[] {429, 503}) {
            List<Boolean> asked = new ArrayList<>();
            try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                        asked.add(true);
                        if (asked.size() == 1) {
                            breakOff(reply, how, status);
                        } else {
                            reply.json(200, "{}");
                        }
                    });
                    TestGateway gateway = TestGateway.to(
                            stub, database, "mehari.retry.backoff", "20ms", "mehari.upstream.idle-timeout", "300ms")) {
                HttpResponse<String> answer =
                        gateway.post("/v1/chat/completions", Calls.CHAT).join();

                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("X-Mehari-Attempts")).contains("2");
                gateway.metricsWith(0);
            }
        }
    }

    // row 28
    @Test
    void the_client_gets_what_came_of_the_last_answer_where_all_break_off() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> breakOff(reply, 1, 503));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.retry.backoff", "20ms");
                RawClient client = gateway.connect()) {
            RawClient.Answer answer = client.post(
                            "/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + gateway.key())
                    .answer();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("{\"error\":");
            assertThat(answer.cleanEnd()).isFalse();
            assertThat(answer.headers()).containsEntry("x-mehari-attempts", "3");
            assertThat(stub.requests()).hasSize(3);
            gateway.metricsWith(0);
        }
    }

    // row 26
    @Test
    void a_post_is_not_sent_again_where_something_may_have_been_done() throws Exception {
        try (StubUpstream stub = inTurn(500, 200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(500);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    // row 26
    @Test
    void a_get_is_sent_again_whatever_went_wrong() throws Exception {
        try (StubUpstream stub = inTurn(500, 200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(gateway.get("/call").join().statusCode()).isEqualTo(200);
            assertThat(stub.requests()).hasSize(2);
        }
    }

    // row 28
    @Test
    void the_upstreams_last_answer_is_the_clients_when_all_tries_fail() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.json(503, "{\"error\":\"overloaded\"}", "X-From", "upstream", "Retry-After", "0"));
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.retry.max", "3", "mehari.retry.backoff", "20ms")) {
            HttpResponse<String> answer =
                    gateway.post("/v1/chat/completions", Calls.CHAT).join();

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("{\"error\":\"overloaded\"}");
            assertThat(answer.headers().firstValue("X-From")).contains("upstream");
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("Camel"));
            assertThat(stub.requests()).hasSize(4);
        }
    }

    // row 28
    @Test
    void the_last_answer_is_kept_also_when_it_says_that_the_caller_is_too_fast() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.json(429, "{\"error\":\"slow down\"}", "X-From", "upstream"));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.retry.backoff", "20ms")) {
            HttpResponse<String> answer =
                    gateway.post("/v1/chat/completions", Calls.CHAT).join();

            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.body()).isEqualTo("{\"error\":\"slow down\"}");
            assertThat(answer.headers().firstValue("X-From")).contains("upstream");
            assertThat(stub.requests())
                    .hasSize(3)
                    .allMatch(request -> request.text().equals(Calls.CHAT));
        }
    }

    @Test
    void an_upstream_is_left_alone_for_as_long_as_it_asks() throws Exception {
        List<Boolean> asked = new ArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    asked.add(true);
                    reply.json(asked.size() > 1 ? 200 : 429, "{}", "Retry-After", "1");
                });
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);
            assertThat(gap(stub, 0, 1)).isBetween(Duration.ofMillis(950), Duration.ofMillis(2_000));
        }
    }

    // row 26
    @Test
    void a_wait_that_was_asked_for_does_not_make_the_next_one_longer() throws Exception {
        List<Boolean> asked = new ArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    asked.add(true);
                    switch (asked.size()) {
                        case 1 -> reply.json(429, "{}", "Retry-After", "1");
                        case 2 -> reply.json(503, "{}");
                        default -> reply.json(200, "{}");
                    }
                });
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);
            assertThat(gap(stub, 0, 1)).isBetween(Duration.ofMillis(950), Duration.ofMillis(2_000));
            assertThat(gap(stub, 1, 2)).isBetween(Duration.ofMillis(310), Duration.ofMillis(1_400));
        }
    }

    @Test
    void an_upstream_that_asks_for_too_long_a_wait_is_not_waited_for() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.json(429, "{}", "Retry-After", "31"));
                TestGateway gateway = TestGateway.to(stub, database)) {
            HttpResponse<String> answer = gateway.post("/call", "{}").join();

            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).contains("31");
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void a_try_that_could_not_begin_within_the_clients_patience_is_not_made() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(503);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.retry.backoff", "3s")) {
            long started = System.nanoTime();
            assertThat(gateway.post("/call", "{}", "X-Request-Timeout", "2")
                            .join()
                            .statusCode())
                    .isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void a_total_timeout_holds_for_all_tries_together() throws Exception {
        List<Boolean> asked = new ArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    asked.add(true);
                    if (asked.size() == 1) {
                        reply.after(Duration.ofMillis(600), () -> reply.json(503, "{}"));
                    }
                });
                TestGateway gateway = TestGateway.to(stub, database, "mehari.upstream.total-timeout", "1200ms")) {
            long started = System.nanoTime();
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isBetween(Duration.ofMillis(1_100), Duration.ofMillis(1_700));
            assertThat(stub.requests()).hasSize(2);
        }
    }

    @Test
    void a_client_is_answered_within_its_time_and_the_upstream_is_not_blamed_for_its_end() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/slow")) {
                        reply.after(Duration.ofSeconds(20), () -> reply.json(200, "{}"));
                    } else {
                        reply.json(200, "{}");
                    }
                });
                TestGateway gateway = TestGateway.to(stub, database, "mehari.breaker.threshold", "1")) {
            long started = System.nanoTime();
            HttpResponse<String> late =
                    gateway.get("/slow", "X-Request-Timeout", "0.7").join();

            assertThat(late.statusCode()).isEqualTo(504);
            assertThat(late.body()).contains("deadline_exceeded");
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isBetween(Duration.ofMillis(650), Duration.ofMillis(3_000));
            assertThat(stub.requests()).hasSize(1);
            assertThat(gateway.get("/fast").join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void retries_die_out_in_a_storm() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(503);
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.breaker.threshold",
                        "100000",
                        "mehari.retry.max",
                        "5",
                        "mehari.retry.backoff",
                        "10ms",
                        "mehari.proxy.max-queue",
                        "500")) {
            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 500)
                    .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                    .toList();

            assertThat(sent).allMatch(answer -> answer.join().statusCode() == 503);
            assertThat(stub.requests()).hasSizeBetween(510, 500 * 120 / 100 + 10);
        }
    }

    @Test
    void a_client_that_leaves_while_a_retry_is_waited_for_is_let_go_at_once() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(429, "{}", "Retry-After", "3"));
                TestGateway gateway = TestGateway.to(stub, database)) {
            try (RawClient client = gateway.connect()) {
                client.post("/call", "{}", "Authorization", "Bearer " + gateway.key());
                await().until(() -> stub.requests().size() == 1 && stub.inFlight() == 0);
                assertThat(gateway.metrics().path("active_requests").asInt()).isEqualTo(1);
            }
            await().atMost(Duration.ofSeconds(1))
                    .until(() -> gateway.metrics().path("active_requests").asInt() == 0
                            && gateway.metrics().path("cancelled").asInt() == 1);
            await().during(Duration.ofMillis(3_300))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> stub.requests().size() == 1);
        }
    }

    @Test
    void a_shutdown_ends_a_call_that_waits_for_a_retry_with_an_error() throws Exception {
        try (StubUpstream stub =
                StubUpstream.answering((request, reply) -> reply.json(429, "{}", "Retry-After", "25"))) {
            CompletableFuture<HttpResponse<String>> answer;
            long stopping;
            try (TestGateway gateway = TestGateway.to(stub, database)) {
                answer = gateway.post("/call", "{}");
                await().until(() -> stub.requests().size() == 1 && stub.inFlight() == 0);
                stopping = System.nanoTime();
            }
            assertThat(answer.join().statusCode()).isEqualTo(503);
            assertThat(answer.join().body()).contains("shutting_down");
            assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(5));
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void a_hundred_calls_that_wait_for_a_retry_hold_no_thread() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.retry.budget", "100", "mehari.retry.max", "1")) {
            IntStream.range(0, 20)
                    .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                    .toList()
                    .forEach(CompletableFuture::join);
            Set<String> before = gatewayThreads();
            stub.answer((request, reply) -> reply.json(429, "{}", "Retry-After", "2"));
            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 100)
                    .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                    .toList();
            await().until(() -> stub.requests().size() >= 120);
            assertThat(gatewayThreads()).isSubsetOf(before);
            assertThat(sent).allMatch(answer -> answer.join().statusCode() == 429);
            assertThat(gatewayThreads()).isSubsetOf(before);
            assertThat(stub.requests()).hasSize(220);
        }
    }

    /** But for the database's, which come and go by the clock. */
    private static Set<String> gatewayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("mehari-io") || name.startsWith("Camel"))
                .collect(Collectors.toSet());
    }
}
