package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an upstream's answer may end, and begin: by closing, too early, in pieces, or not at all. */
@ExtendWith(LeakWatch.class)
class UpstreamEndsTest {
    private static final String STREAM = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Content-Type: text/event-stream",
            "Transfer-Encoding: chunked",
            "",
            "9",
            "data: 1\n\n",
            "9",
            "data: 2\n\n",
            "0",
            "",
            "");

    private static final String REFUSAL = String.join(
            "\r\n",
            "HTTP/1.1 503 Busy",
            "Retry-After: 1",
            "Transfer-Encoding: chunked",
            "",
            "5",
            "{\"e\":",
            "2",
            "1}",
            "0",
            "",
            "");

    static IntStream everyCut() {
        return IntStream.range(0, STREAM.length());
    }

    // row 27
    @ParameterizedTest
    @MethodSource("everyCut")
    void tells_a_stream_cut_at_any_byte_from_a_whole_one_and_asks_once(int cut) throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(STREAM.substring(0, cut)).close());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.post("/", "{}").answer();

            if (answer.status() == 200) {
                assertThat(answer.cleanEnd()).isFalse();
                assertThat(answer.body()).endsWith("data: {\"error\":\"UpstreamBroken\"}\n\n");
            } else {
                assertThat(answer.status()).isEqualTo(502);
            }
            assertThat(stub.requests()).hasSize(1);
            await().atMost(Duration.ofSeconds(1)).until(() -> relay.relay.callsUnderWay() == 0);
        }
    }

    static IntStream everyCutOfRefusal() {
        return IntStream.range(0, REFUSAL.length());
    }

    @ParameterizedTest
    @MethodSource("everyCutOfRefusal")
    void a_refusal_cut_behind_its_head_is_one_that_breaks_off(int cut) throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(REFUSAL.substring(0, cut)).close());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.post("/", "{}").answer();

            if (cut < REFUSAL.indexOf("\r\n\r\n") + 4) {
                assertThat(answer.status()).isEqualTo(502);
            } else {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.cleanEnd()).isFalse();
                assertThat(answer.headers()).containsEntry("retry-after", "1");
                assertThat("{\"e\":1}").startsWith(answer.body());
            }
            await().atMost(Duration.ofSeconds(1)).until(() -> relay.relay.callsUnderWay() == 0);
        }
    }

    @Test
    void tells_the_end_of_a_stream_whose_type_is_written_with_capitals() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.raw(
                                STREAM.replace("text/event-stream", "Text/Event-Stream; charset=UTF-8")
                                        .replace("0\r\n\r\n", ""))
                        .close());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.post("/", "{}").answer().body())
                    .isEqualTo("data: 1\n\ndata: 2\n\ndata: {\"error\":\"UpstreamBroken\"}\n\n");
        }
    }

    /** The client would get what it cannot read: the coding is for the way to the gateway alone. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip", "chunked, chunked"})
    void answers_502_to_a_transfer_coding_that_nobody_asked_for(String coding) throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.raw(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n2\r\nok\r\n0\r\n\r\n")
                        .close());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void relays_a_small_answer_that_ends_with_the_connection() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.raw("HTTP/1.1 200 OK\r\n\r\nhello").close());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 1; i <= 3; i++) {
                RawClient.Answer answer = client.get("/").answer();
                assertThat(answer.body()).isEqualTo("hello");
                assertThat(answer.cleanEnd()).isTrue();
                assertThat(stub.connections()).isEqualTo(i);
            }
        }
    }

    @Test
    void streams_an_answer_that_ends_with_the_connection() throws Exception {
        String part = "x".repeat(300_000);
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + part);
                    reply.after(
                            Duration.ofMillis(50), () -> reply.raw(part + "end").close());
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.body()).hasSize(600_003).endsWith("end");
            assertThat(answer.cleanEnd()).isTrue();
            assertThat(client.get("/").answer().body()).hasSize(600_003);
        }
    }

    @Test
    void gives_a_waiting_request_a_new_connection_when_an_answer_ended_with_the_old_one() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.after(
                        Duration.ofMillis(30),
                        () -> reply.raw("HTTP/1.1 200 OK\r\n\r\nok").close()));
                RelayFixture relay = RelayFixture.to(RelayFixture.LIMITS, 1, stub.port())) {
            RawClient[] clients = new RawClient[8];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = RawClient.connect(relay.port()).post("/", "{}");
            }
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
                client.close();
            }
            assertThat(stub.requests()).hasSize(8);
            assertThat(stub.mostInFlight()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void ignores_interim_answers() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.raw(
                        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
                                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().body()).isEqualTo("ok");
            assertThat(client.get("/").answer().body()).isEqualTo("ok");
            assertThat(stub.connections()).isEqualTo(1);
        }
    }

    @Test
    void answers_502_to_a_switch_of_protocols_that_nobody_asked_for() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "20", "99", "1000", "99999"})
    void answers_502_to_a_status_that_has_not_three_digits(String status) throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw("HTTP/1.1 " + status + " Odd\r\nContent-Length: 2\r\n\r\nok"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void does_not_use_a_connection_again_on_which_more_came_than_was_asked_for() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().body()).isEqualTo("ok");
            await().until(() -> stub.closedConnections() == 1);
            assertThat(client.get("/").answer().body()).isEqualTo("ok");
        }
    }

    /** The request that waits for the connection must not get them, nor the next on the connection of the client. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            })
    void gives_bytes_behind_the_end_of_an_answer_to_nobody(String answer) throws Exception {
        List<StubUpstream.Reply> first = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/first")) {
                        first.add(reply);
                    } else {
                        reply.json(200, "mine");
                    }
                });
                RelayFixture relay = RelayFixture.onOneLoop(1, stub.port());
                RawClient client = RawClient.connect(relay.port());
                RawClient other = RawClient.connect(relay.port())) {
            client.get("/first");
            await().until(() -> first.size() == 1);
            other.get("/waiting");
            client.get("/second");
            await().until(() -> relay.relay.callsUnderWay() == 2);

            first.get(0)
                    .raw(answer + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                    .done();

            assertThat(client.answer().body()).isEqualTo(answer.contains("ok") ? "ok" : "");
            assertThat(other.answer().body()).isEqualTo("mine");
            assertThat(client.answer().body()).isEqualTo("mine");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\nbody",
                "HTTP/1.1 304 Not Modified\r\n\r\nbody",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 2"
            })
    void does_not_use_a_connection_again_on_which_what_is_no_answer_came(String answer) throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/first")) {
                        reply.raw(answer).done();
                    } else {
                        reply.json(200, "mine");
                    }
                });
                RelayFixture relay = RelayFixture.onOneLoop(1, stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.post("/first", "{}").answer();
            assertThat(client.post("/second", "{}").answer().body()).isEqualTo("mine");
            assertThat(stub.connections()).isEqualTo(2);
        }
    }

    @Test
    void passes_on_many_and_long_answer_headers() throws Exception {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            headers.append("X-H-")
                    .append(i)
                    .append(": ")
                    .append("v".repeat(100))
                    .append("\r\n");
        }
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.raw("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 2\r\n\r\nok"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("x-h-299", "v".repeat(100));
        }
    }

    @Test
    void answers_502_when_answer_headers_have_no_end() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nX: " + "v".repeat(200_000)));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void keeps_both_cookies_and_bytes_beyond_ascii_in_headers() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(
                                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Name: Zoë\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            String head = client.get("/", "X-Mine", "Ã©").readUntil("\r\n\r\n");
            assertThat(head).contains("a=1", "b=2", "Zoë");
            assertThat(stub.requests().get(0).headers().get("X-Mine")).isEqualTo("Ã©");
        }
    }

    @Test
    void answers_early_when_the_upstream_does() throws Exception {
        String refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
        try (ScriptedSocket upstream = ScriptedSocket.answeringAtOnce(refusal);
                RelayFixture relay = RelayFixture.to(upstream.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.post("/", "x".repeat(8_000_000)).answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("no");
        }
    }

    @Test
    void closes_unused_connections_before_upstreams_do() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.idlingAtMost(Duration.ofMillis(300), stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").answer();
            assertThat(relay.relay.idleUpstreamConnections()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(2)).until(() -> stub.closedConnections() == 1);
            await().atMost(Duration.ofSeconds(1)).until(() -> relay.relay.upstreamConnections() == 0);
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void asks_once_more_on_a_new_connection_only_where_asking_twice_does_no_harm() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").answer();
            stub.answer((request, reply) -> {
                if (request.connection() == 1) {
                    reply.close();
                } else {
                    reply.json(200, "{}");
                }
            });
            assertThat(client.get("/").answer().status()).isEqualTo(200);
            assertThat(stub.requests()).hasSize(3);
            stub.answer((request, reply) -> reply.close());
            assertThat(client.post("/", "{}").answer().status()).isEqualTo(502);
            assertThat(stub.requests()).hasSize(4);
        }
    }
}
