package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.storage.ServerPort;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How calls reach the upstream: over few connections, with a limit of time for each step, once. */
class UpstreamCallIT {
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    // row 23
    @Test
    void requests_one_after_another_share_a_connection() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 200; i++) {
                client.post("/call/" + i, "{}", "Authorization", "Bearer " + gateway.key());
                assertThat(client.answer().status()).isEqualTo(200);
            }

            assertThat(stub.requests()).hasSize(200);
            assertThat(stub.connections()).isLessThanOrEqualTo(2);
        }
    }

    // row 23
    @Test
    void callers_that_come_and_go_share_few_connections() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            for (int i = 0; i < 50; i++) {
                try (RawClient client = gateway.connect()) {
                    client.get("/call/" + i, "Authorization", "Bearer " + gateway.key());
                    assertThat(client.answer().status()).isEqualTo(200);
                }
            }

            // One for each event loop at most, however many clients there were.
            assertThat(stub.connections())
                    .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    // row 23
    @Test
    void the_pool_is_never_larger_than_set() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.after(Duration.ofMillis(100), () -> reply.json(200, "{\"ok\":true}")));
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.upstream.pool-max-size", "50", "mehari.proxy.max-concurrent", "100")) {
            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 100)
                    .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                    .toList();

            assertThat(sent).allMatch(answer -> answer.join().statusCode() == 200);
            assertThat(stub.mostInFlight()).isLessThanOrEqualTo(50);
            assertThat(stub.connections()).isLessThanOrEqualTo(50);
        }
    }

    // row 24
    @Test
    void a_closed_port_is_told_at_once() throws Exception {
        int closed = ServerPort.free(new SecureRandom());
        try (StubUpstream unused = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        unused, database, "mehari.target.port", Integer.toString(closed), "mehari.retry.max", "0")) {
            gateway.get("/warm-up").join();
            long started = System.nanoTime();
            HttpResponse<String> answer =
                    gateway.post("/v1/chat/completions", Calls.CHAT).join();

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("upstream_unreachable").doesNotContain("127.0.0.1");
            assertThat(sinceNanos(started)).isLessThan(Duration.ofMillis(500));
        }
    }

    // row 24
    @Test
    void connecting_has_a_limit_of_its_own() throws Exception {
        // A listener whose backlog is full leaves further connection requests unanswered, as an unroutable host does.
        List<Socket> filling = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                StubUpstream unused = StubUpstream.respondingWith(200)) {
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket();
                filling.add(socket);
                fill(socket, silent);
            }
            try (TestGateway gateway = TestGateway.to(
                    unused,
                    database,
                    "mehari.target.port",
                    Integer.toString(silent.getLocalPort()),
                    "mehari.upstream.connect-timeout",
                    "1s",
                    "mehari.upstream.read-timeout",
                    "300s",
                    "mehari.retry.max",
                    "0")) {
                long started = System.nanoTime();
                HttpResponse<String> answer = gateway.post("/call", "{}").join();

                assertThat(answer.statusCode()).isEqualTo(504);
                assertThat(sinceNanos(started)).isBetween(Duration.ofMillis(950), Duration.ofMillis(2_000));
            }
        } finally {
            for (Socket socket : filling) {
                socket.close();
            }
        }
    }

    private static void fill(Socket socket, ServerSocket silent) throws java.io.IOException {
        try {
            socket.connect(silent.getLocalSocketAddress(), 200);
        } catch (java.net.SocketTimeoutException full) {
            assertThat(full).hasMessageContaining("timed out"); // what was wanted
        }
    }

    // row 25
    @Test
    void an_upstream_that_does_not_answer_in_time_is_given_up_after_one_try() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.after(Duration.ofSeconds(10), () -> reply.json(200, "{}")));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.upstream.read-timeout", "1s")) {
            long started = System.nanoTime();
            HttpResponse<String> answer =
                    gateway.post("/v1/chat/completions", Calls.CHAT).join();

            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.body()).contains("upstream_timeout");
            assertThat(sinceNanos(started)).isBetween(Duration.ofMillis(950), Duration.ofMillis(2_000));
            assertThat(stub.requests()).hasSize(1);
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.openConnections() == 0);
        }
    }

    // row 25
    @Test
    void a_request_that_may_be_made_twice_is_made_again_where_retries_are_configured() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.after(Duration.ofSeconds(10), () -> reply.json(200, "{}")));
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.upstream.read-timeout", "500ms", "mehari.retry.max", "1")) {
            assertThat(gateway.get("/call").join().statusCode()).isEqualTo(504);
            assertThat(stub.requests()).hasSize(2);
            assertThat(gateway.metricsWith(0).path("timeout_requests").asInt()).isEqualTo(1);
        }
    }

    // row 24
    @Test
    void a_connection_that_cannot_be_made_is_tried_again_for_any_request() throws Exception {
        int closed = ServerPort.free(new SecureRandom());
        try (StubUpstream unused = StubUpstream.respondingWith(200);
                TestGateway gateway =
                        TestGateway.to(unused, database, "mehari.target.port", Integer.toString(closed))) {
            HttpResponse<String> answer = gateway.post("/call", "{}").join();

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("X-Mehari-Attempts")).contains("3");
        }
    }

    // row 25
    @Test
    void an_upstream_may_take_its_time_within_the_read_timeout() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.after(Duration.ofMillis(1_500), () -> reply.json(200, "{}")));
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.upstream.connect-timeout",
                        "500ms",
                        "mehari.upstream.read-timeout",
                        "3s")) {
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);
        }
    }

    // row 25
    @Test
    void a_stream_may_last_longer_than_the_read_timeout_but_not_fall_silent_for_it() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: 1\n\n");
                    reply.after(Duration.ofMillis(700), () -> reply.chunk("data: 2\n\n"));
                    reply.after(Duration.ofMillis(1_400), () -> reply.chunk("data: 3\n\n"));
                });
                TestGateway gateway = TestGateway.to(stub, database, "mehari.upstream.read-timeout", "1s");
                RawClient client = gateway.connect()) {
            client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + gateway.key());
            RawClient.Answer answer = client.answer();

            assertThat(answer.body()).contains("data: 3\n\n").contains("upstream_timeout");
            assertThat(answer.cleanEnd()).isFalse();
        }
    }

    // row 27
    @Test
    void a_stream_that_breaks_ends_with_an_error_event_and_is_not_tried_again() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: {\"choices\":[]}\n\n");
                    reply.after(Duration.ofMillis(100), reply::reset);
                });
                TestGateway gateway = TestGateway.to(stub, database);
                RawClient client = gateway.connect()) {
            client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + gateway.key());
            RawClient.Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body())
                    .startsWith("data: {\"choices\":[]}\n\n")
                    .contains("data: {\"error\":{")
                    .contains("upstream_broken")
                    .doesNotContain("[DONE]");
            assertThat(answer.cleanEnd()).as("a clean end").isFalse();
            assertThat(stub.requests()).hasSize(1);
        }
    }

    // row 27
    @Test
    void the_error_event_of_a_broken_stream_is_in_the_dialect_called() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("event: ping\ndata: {\"type\":\"ping\"}\n\nevent: content_block_de");
                    reply.after(Duration.ofMillis(100), reply::reset);
                });
                TestGateway gateway = TestGateway.to(stub, database);
                RawClient client = gateway.connect()) {
            client.post("/v1/messages", Calls.MESSAGE_STREAM, "x-api-key", gateway.key());
            RawClient.Answer answer = client.answer();

            assertThat(answer.body())
                    .contains("\n\nevent: error\ndata: {\"type\":\"error\",\"error\":{")
                    .contains(answer.headers().get("x-request-id"));
            assertThat(answer.cleanEnd()).isFalse();
        }
    }

    private static Duration sinceNanos(long started) {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
