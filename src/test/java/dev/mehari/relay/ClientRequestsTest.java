package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as clients really send them: odd targets, several at once, headers twice. */
@ExtendWith(LeakWatch.class)
class ClientRequestsTest {
    private static StubUpstream stub;
    private static RelayFixture relay;

    @BeforeAll
    static void start() throws Exception {
        stub = StubUpstream.answering((request, reply) -> reply.json(200, request.uri()));
        relay = RelayFixture.to(stub.port());
    }

    @AfterAll
    static void stop() {
        relay.close();
        stub.close();
    }

    private static StubUpstream.Request last() {
        return stub.requests().get(stub.requests().size() - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/?, /?",
        "/a?b?c=/d, /a?b?c=/d",
        "/a%2Fb/../c, /a%2Fb/../c",
        "//a//b, //a//b",
        "http://elsewhere/a?b, /a?b",
        "http://elsewhere, /",
        "http://elsewhere?q=/a, /?q=/a",
        "/é, /%C3%A9",
        "/%zz?|é, /%zz?|%C3%A9",
    })
    void targets_reach_the_upstream_as_they_came(String target, String expected) throws IOException {
        // RawClient sends each character as one byte, so UTF-8 is spelt out.
        String bytes = new String(
                target.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
        try (RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get(bytes).answer();
            assertThat(answer.body()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n",
                "GET / HTTP/1.1\r\nHost: a, b\r\n",
                "GET / HTTP/1.1\r\nHost: \u00e4\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n",
                "GET / HTTP/1.1\r\nHost: me@a\r\n",
                "GET / HTTP/1.1\r\nHost: http://a\r\n",
                "GET / HTTP/1.1\r\nHost: a:b\r\n",
                "GET / HTTP/1.1\r\nHost: a:1:2\r\n",
                "GET / HTTP/1.1\r\nHost: ::1\r\n",
                "GET / HTTP/1.1\r\nHost: [::1\r\n",
                "GET / HTTP/1.1\r\nHost: [::1]a\r\n",
                "GET / HTTP/1.1\r\nHost: []\r\n"
            })
    void a_host_that_is_none_is_refused(String head) throws IOException {
        refused(head, "invalid_host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a/b",
                "file:///etc/passwd",
                "ws://a/",
                "a/b",
                "a:80",
                "*",
                "?q",
                "http:/a",
                "http://",
                "http:///a",
                "http://me:secret@a/",
                "https://a:b/"
            })
    void a_target_that_is_neither_path_nor_url_is_refused(String target) throws IOException {
        refused("GET " + target + " HTTP/1.1\r\nHost: a\r\n", "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0001", "a\u007f", "\u0000"})
    void a_host_with_control_characters_is_refused(String host) throws IOException {
        refused("GET / HTTP/1.1\r\nHost: " + host + "\r\n", "malformed_request");
    }

    private void refused(String head, String code) throws IOException {
        int before = stub.requests().size();
        try (RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.send(head + "\r\n").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains(code);
            assertThat(client.isAtEnd()).isTrue();
        }
        assertThat(stub.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n",
                "GET / HTTP/1.1\r\nHost: a_b.example:8080\r\n",
                "GET / HTTP/1.1\r\nHost: a:\r\n",
                "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n",
                "GET / HTTP/1.1\r\nHost:   xn--4ca  \r\n",
                "GET HTTPS://a:1/ HTTP/1.1\r\nHost: b\r\n"
            })
    void a_host_that_is_one_is_taken(String head) throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.send(head + "\r\n").answer().body()).isEqualTo("/");
        }
    }

    @Test
    void a_target_that_is_no_path_finds_nothing() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(404);
            assertThat(client.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(405);
        }
    }

    @Test
    void nothing_behind_a_request_that_asked_to_close_is_looked_at() throws IOException {
        int before = stub.requests().size();
        try (RawClient client = RawClient.connect(relay.port())) {
            client.get("/first", "Connection", "close").get("/second");
            RawClient.Answer answer = client.answer();
            assertThat(answer.body()).isEqualTo("/first");
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(client.isAtEnd()).isTrue();
        }
        try (RawClient client = RawClient.connect(relay.port())) {
            client.send(String.join(
                    "\r\n",
                    "GET /third HTTP/1.1",
                    "Host: t",
                    "",
                    "CONNECT a:1 HTTP/1.1",
                    "Host: t",
                    "Connection: close",
                    "",
                    "GET /fourth HTTP/1.1",
                    "Host: t",
                    "",
                    ""));
            assertThat(client.answer().body()).isEqualTo("/third");
            assertThat(client.answer().status()).isEqualTo(405);
            assertThat(client.isAtEnd()).isTrue();
        }
        assertThat(stub.requests().subList(before, stub.requests().size()))
                .extracting(StubUpstream.Request::uri)
                .containsExactly("/first", "/third");
    }

    @Test
    void a_client_that_still_sends_after_its_last_answer_is_not_reset() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/first", "Connection", "close").answer().body())
                    .isEqualTo("/first");
            assertThat(client.isAtEnd()).isTrue();
            client.get("/second").get("/third"); // were the connection closed, the second of them would meet a reset
            assertThat(client.isAtEnd()).isTrue();

            assertThatThrownBy(() -> await().atMost(Duration.ofSeconds(20))
                            .pollInterval(Duration.ofMillis(100))
                            .until(() -> client.get("/late") == null))
                    .as("it is closed to a client that goes on")
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void a_client_that_sends_requests_without_end_is_held_back() throws Exception {
        AtomicLong sent = new AtomicLong();
        String request = "GET /endless HTTP/1.1\r\nHost: t\r\nX-Fill: " + "x".repeat(4_000) + "\r\n\r\n";
        try (StubUpstream silent = StubUpstream.answering((asked, reply) -> {});
                RelayFixture held = RelayFixture.to(silent.port());
                RawClient client = RawClient.connect(held.port())) {
            Thread sending = new Thread(() -> {
                try {
                    while (true) {
                        client.send(request);
                        sent.addAndGet(request.length());
                    }
                } catch (IOException e) {
                    Thread.currentThread().interrupt(); // the test is over
                }
            });
            sending.start();
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> last.getAndSet(sent.get()) == sent.get());
            assertThat(sent.get()).isPositive().isLessThan(20_000_000);
            assertThat(silent.requests()).hasSize(1);
            client.kill();
            sending.join();
        }
    }

    @Test
    void an_http_10_connection_is_kept_when_the_client_asks() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer kept = client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .answer();
            assertThat(kept.headers()).containsEntry("connection", "keep-alive");
            assertThat(client.send("GET /b HTTP/1.0\r\n\r\n").answer().body()).isEqualTo("/b");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void headers_named_on_any_connection_line_stay_on_their_hop() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            client.get(
                            "/",
                            "Connection",
                            "keep-alive",
                            "Connection",
                            "x-one , X-Two",
                            "X-One",
                            "1",
                            "X-Two",
                            "2",
                            "X-Three",
                            "3")
                    .answer();
            assertThat(last().headers().contains("x-one")).isFalse();
            assertThat(last().headers().contains("x-two")).isFalse();
            assertThat(last().headers().get("x-three")).isEqualTo("3");
        }
    }

    @Test
    void repeated_headers_stay_separate() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            client.get("/", "X-A", "1, 2", "x-a", "3", "X-A", "4").answer();
            assertThat(last().headers().getAll("X-A")).containsExactly("1, 2", "3", "4");
        }
    }

    @Test
    void chunked_bodies_arrive_whole_and_their_trailers_are_dropped() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            client.send("POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
            client.send("3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(last().text()).isEqualTo("abcdefg");
            assertThat(last().headers().get("content-length")).isEqualTo("7");
            assertThat(last().headers().contains("transfer-encoding")).isFalse();
        }
    }

    @Test
    void a_body_byte_by_byte_is_one_request() throws IOException {
        try (RawClient client = RawClient.connect(relay.port())) {
            for (char c : "POST /slow HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.answer().body()).isEqualTo("/slow");
            assertThat(last().text()).isEqualTo("hello");
        }
    }

    @Test
    void a_refused_body_is_read_away_so_that_the_client_sees_the_refusal() throws Exception {
        try (RelayFixture small = RelayFixture.to(
                        RelayFixture.limits(1000, Duration.ofSeconds(5), Duration.ofSeconds(5)), 0, stub.port());
                RawClient client = RawClient.connect(small.port())) {
            client.post("/", "x".repeat(5_000_000));
            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void a_client_that_expects_to_be_told_is_refused_before_it_sends() throws Exception {
        try (RelayFixture small = RelayFixture.to(
                        RelayFixture.limits(1000, Duration.ofSeconds(5), Duration.ofSeconds(5)), 0, stub.port());
                RawClient client = RawClient.connect(small.port())) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void an_unused_connection_is_closed() throws Exception {
        try (RelayFixture brief = RelayFixture.to(
                        RelayFixture.limits(1000, Duration.ofSeconds(5), Duration.ofMillis(500)), 0, stub.port());
                RawClient client = RawClient.connect(brief.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
            assertThat(client.isAtEnd()).isTrue();
        }
    }
}
