package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.config.RelayLimits;
import dev.mehari.storage.ServerPort;
import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The relay's component between a raw client and a stub upstream, one trap of HTTP relaying each. */
@ExtendWith(LeakWatch.class)
class RelayTest {
    private static final String BIG = "x".repeat(3_000_000);

    @Test
    void relays_a_small_answer_with_its_headers() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(
                        200, "{\"a\":1}", "Cache-Control", "no-store", "Date", "Thu, 01 Jan 1970 00:00:00 GMT"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.post("/v1/x?q=a|b&c=%20", "{\"é\":true}", "X-Custom", "1")
                    .answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"a\":1}");
            assertThat(answer.headers())
                    .containsEntry("cache-control", "no-store")
                    .containsKeys("date", "x-request-id");
            StubUpstream.Request seen = stub.requests().get(0);
            assertThat(seen.method()).isEqualTo("POST");
            assertThat(seen.uri()).isEqualTo("/v1/x?q=a|b&c=%20");
            assertThat(seen.text()).isEqualTo("{\"é\":true}");
            assertThat(seen.headers().get("x-custom")).isEqualTo("1");
        }
    }

    // row 34
    @Test
    void keeps_hop_by_hop_headers_to_their_hop() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(
                        200,
                        "{}",
                        "Connection",
                        "X-Private",
                        "X-Private",
                        "1",
                        "Keep-Alive",
                        "timeout=5",
                        "X-Public",
                        "2"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get(
                            "/",
                            "Connection",
                            "X-Mine, keep-alive",
                            "X-Mine",
                            "1",
                            "TE",
                            "trailers",
                            "Upgrade",
                            "h2c",
                            "Proxy-Authorization",
                            "Basic eA==",
                            "CamelHttpMethod",
                            "DELETE",
                            "X-Other",
                            "2")
                    .answer();

            assertThat(stub.requests().get(0).headers().names().stream().map(String::toLowerCase))
                    .contains("x-other")
                    .doesNotContain(
                            "x-mine",
                            "connection",
                            "te",
                            "upgrade",
                            "proxy-authorization",
                            "keep-alive",
                            "camelhttpmethod");
            assertThat(stub.requests().get(0).method()).isEqualTo("GET");
            assertThat(answer.headers()).containsEntry("x-public", "2").doesNotContainKeys("x-private", "keep-alive");
        }
    }

    @Test
    void streams_events_as_they_come_200_times_on_one_connection() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.sse().chunk("data: 1\n\n").chunk("data: 2\n\n").end());
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 0; i < 200; i++) {
                RawClient.Answer answer = client.get("/sse").answer();
                assertThat(answer.body()).isEqualTo("data: 1\n\ndata: 2\n\n");
                assertThat(answer.cleanEnd()).isTrue();
                assertThat(answer.headers()).containsEntry("cache-control", "no-cache");
            }
            assertThat(stub.connections()).isEqualTo(1);
        }
    }

    @Test
    void passes_the_first_event_on_before_the_second_exists() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    open.add(reply);
                    reply.sse().chunk("data: 1\n\n");
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/sse").readUntil("data: 1\n\n\r\n");
            open.get(0).chunk("data: 2\n\n").end();
            assertThat(client.readUntil("0\r\n\r\n")).contains("data: 2");
        }
    }

    @Test
    void answers_pipelined_requests_in_order() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.after(
                        Duration.ofMillis(request.uri().equals("/1") ? 100 : 0),
                        () -> reply.json(200, request.uri())));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/1").get("/2").get("/3");
            assertThat(List.of(
                            client.answer().body(),
                            client.answer().body(),
                            client.answer().body()))
                    .containsExactly("/1", "/2", "/3");
        }
    }

    @Test
    void keeps_the_clients_connection_when_the_upstream_closes_its_own() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.json(200, "{}", "Connection", "close");
                    reply.close();
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = client.get("/").answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.headers()).doesNotContainEntry("connection", "close");
            }
            assertThat(stub.connections()).isEqualTo(3);
        }
    }

    // row 23
    @Test
    void uses_its_upstream_connections_again() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(stub.port())) {
            for (int i = 0; i < 200; i++) {
                try (RawClient client = RawClient.connect(relay.port())) {
                    client.get("/").answer();
                }
            }
            assertThat(stub.connections()).isLessThanOrEqualTo(2);
        }
    }

    // row 23
    @Test
    void never_opens_more_upstream_connections_than_allowed() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.after(Duration.ofMillis(50), () -> reply.json(200, "{}")));
                RelayFixture relay = RelayFixture.to(RelayFixture.LIMITS, 50, stub.port())) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(RawClient.connect(relay.port()).get("/"));
            }
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
                client.close();
            }
            assertThat(stub.connections()).isLessThanOrEqualTo(50);
            assertThat(stub.mostInFlight()).isLessThanOrEqualTo(50);
        }
    }

    // row 15
    @Test
    void closes_the_upstream_call_when_the_client_leaves_mid_stream() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/sse").readUntil("data: 1\n\n");
            client.kill();
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 1);
            await().atMost(Duration.ofSeconds(1)).until(() -> relay.relay.callsUnderWay() == 0);
        }
    }

    // row 15
    @Test
    void closes_the_upstream_call_when_the_client_leaves_before_the_answer() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/");
            await().until(() -> stub.requests().size() == 1);
            client.kill();
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 1);
            await().atMost(Duration.ofSeconds(1)).until(() -> relay.relay.callsUnderWay() == 0);
        }
    }

    // row 27
    @Test
    void tells_an_event_stream_that_broke_with_an_error_event_and_no_clean_end() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: half");
                    reply.after(Duration.ofMillis(50), reply::reset);
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/sse").answer();

            assertThat(answer.body()).isEqualTo("data: half\n\ndata: {\"error\":\"UpstreamBroken\"}\n\n");
            assertThat(answer.cleanEnd()).isFalse();
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void breaks_an_answer_of_known_length_that_the_upstream_cut() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(500_000));
                    reply.after(Duration.ofMillis(50), reply::close);
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().cleanEnd()).isFalse();
        }
    }

    @Test
    void holds_the_upstream_back_while_the_client_does_not_read() throws Exception {
        long size = 200_000_000;
        java.util.concurrent.atomic.AtomicLong written = new java.util.concurrent.atomic.AtomicLong();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.raw("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    Runnable more = () -> {
                        while (reply.isWritable() && written.get() < size) {
                            reply.raw(new byte[16_384]);
                            written.addAndGet(16_384);
                        }
                    };
                    reply.whenWritable(more);
                    more.run();
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connectSlow(relay.port(), 4096)) {
            client.get("/big").readUntil("\r\n\r\n");
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        long before = written.get();
                        Thread.onSpinWait();
                        return before > 0 && before == written.get() && before < 40_000_000;
                    });
            assertThat(written.get()).isLessThan(40_000_000);
        }
    }

    @Test
    void relays_three_megabytes_both_ways() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.bytes(200, "text/plain", request.body()));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.post("/echo", BIG).answer().body()).isEqualTo(BIG);
        }
    }

    // row 25
    @Test
    void times_out_an_upstream_that_does_not_begin_to_answer() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                RelayFixture relay = RelayFixture.to(stub.port(), "requestTimeout=300");
                RawClient client = RawClient.connect(relay.port())) {
            long start = System.nanoTime();
            assertThat(client.post("/", "{}").answer().status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void times_out_a_stream_that_falls_silent() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = RelayFixture.to(stub.port(), "requestTimeout=10000&idleTimeout=300");
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.body()).isEqualTo("data: 1\n\ndata: {\"error\":\"UpstreamTimeout\"}\n\n");
            assertThat(answer.cleanEnd()).isFalse();
        }
    }

    @Test
    void bounds_a_stream_in_total_when_told_to() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse();
                    tick(reply);
                });
                RelayFixture relay = RelayFixture.to(stub.port(), "totalTimeout=500");
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.body()).endsWith("data: {\"error\":\"UpstreamTimeout\"}\n\n");
        }
    }

    private static void tick(StubUpstream.Reply reply) {
        reply.chunk("data: tick\n\n");
        reply.after(Duration.ofMillis(50), () -> tick(reply));
    }

    // row 24
    @Test
    void answers_502_at_once_for_a_closed_port() throws Exception {
        int closed = ServerPort.free(new SecureRandom());
        try (RelayFixture relay = RelayFixture.to(closed);
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void answers_502_when_the_upstream_does_not_speak_http() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.raw("SSH-2.0-OpenSSH\r\n\r\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void sends_no_body_for_head_204_and_304() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    switch (request.uri()) {
                        case "/head" -> reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-H: 1\r\n\r\n");
                        case "/204" -> reply.raw("HTTP/1.1 204 No Content\r\nX-H: 2\r\n\r\n");
                        default -> reply.raw("HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n");
                    }
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer head =
                    client.send("HEAD /head HTTP/1.1\r\nHost: t\r\n\r\n").answerWithoutBody();
            assertThat(head.headers()).containsEntry("content-length", "1234").containsEntry("x-h", "1");
            RawClient.Answer none = client.get("/204").answer();
            assertThat(none.status()).isEqualTo(204);
            assertThat(none.headers()).doesNotContainKeys("content-length", "transfer-encoding");
            RawClient.Answer unchanged = client.get("/304").answer();
            assertThat(unchanged.status()).isEqualTo(304);
            assertThat(unchanged.headers()).containsEntry("etag", "\"e\"");
        }
    }

    @Test
    void passes_compressed_bodies_through_untouched() throws Exception {
        byte[] gzip = {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3, (byte) 0xff};
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.bytes(200, "application/json", gzip, "Content-Encoding", "gzip"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/", "Accept-Encoding", "gzip, br");
            assertThat(client.readUntil("\r\n\r\n").toLowerCase(java.util.Locale.ROOT))
                    .contains("content-encoding: gzip");
            byte[] got = new byte[gzip.length];
            for (int read = 0; read < got.length; ) {
                byte[] part = new byte[got.length - read];
                int n = client.readSome(part);
                System.arraycopy(part, 0, got, read, n);
                read += n;
            }
            assertThat(got).isEqualTo(gzip);
            assertThat(stub.requests().get(0).headers().get("accept-encoding")).isEqualTo("gzip, br");
        }
    }

    @Test
    void passes_trailers_on() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 9\r\n\r\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.body()).isEqualTo("ab");
            assertThat(answer.headers()).containsEntry("trailer:x-sum", "9");
        }
    }

    @Test
    void says_100_continue_before_it_reads_a_body() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(200, request.text()));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answerWithoutBody().status()).isEqualTo(100);
            client.send("body");
            assertThat(client.answer().body()).isEqualTo("body");
        }
    }

    @Test
    void answers_an_http_10_client_without_chunks() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: 1\n\n");
                    reply.after(
                            Duration.ofMillis(20),
                            () -> reply.chunk("data: 2\n\n").end());
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            String all = client.send("GET / HTTP/1.0\r\n\r\n").readAll();
            assertThat(all).doesNotContain("chunked").endsWith("data: 1\n\ndata: 2\n\n");
        }
    }

    // row 57
    @Test
    void refuses_requests_that_two_readers_could_read_differently() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(stub.port())) {
            for (String request : List.of(
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1e3\r\n\r\n",
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                    "GET /\r\n\r\n",
                    "GET / HTTP/3.0\r\nHost: a\r\n\r\n")) {
                try (RawClient client = RawClient.connect(relay.port())) {
                    RawClient.Answer answer = client.send(request).answer();
                    assertThat(answer.status()).as(request).isEqualTo(400);
                    assertThat(client.isAtEnd()).as("closed after: " + request).isTrue();
                }
            }
            assertThat(stub.requests()).isEmpty();
        }
    }

    // row 55
    @Test
    void refuses_a_body_one_byte_too_large_announced_or_chunked() throws Exception {
        RelayLimits limits = RelayFixture.limits(1000, Duration.ofSeconds(5), Duration.ofSeconds(5));
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(limits, 0, stub.port())) {
            try (RawClient client = RawClient.connect(relay.port())) {
                assertThat(client.post("/", "x".repeat(1000)).answer().status()).isEqualTo(200);
                assertThat(client.post("/", "x".repeat(1001)).answer().status()).isEqualTo(413);
            }
            try (RawClient client = RawClient.connect(relay.port())) {
                client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + "x".repeat(1001)
                        + "\r\n0\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(413);
            }
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void refuses_too_large_headers_and_targets() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(stub.port())) {
            try (RawClient client = RawClient.connect(relay.port())) {
                assertThat(client.get("/", "X-Big", "x".repeat(40_000)).answer().status())
                        .isEqualTo(431);
            }
            try (RawClient client = RawClient.connect(relay.port())) {
                assertThat(client.get("/" + "x".repeat(10_000)).answer().status())
                        .isEqualTo(414);
            }
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void refuses_a_client_that_stops_in_the_middle_of_its_request() throws Exception {
        RelayLimits limits = RelayFixture.limits(1000, Duration.ofMillis(200), Duration.ofSeconds(60));
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(limits, 0, stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(client.answer().status()).isEqualTo(408);
        }
    }
}
