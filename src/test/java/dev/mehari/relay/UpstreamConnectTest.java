package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way to an upstream: names, full backlogs, proxies. */
@ExtendWith(LeakWatch.class)
class UpstreamConnectTest {
    // row 24
    @Test
    void answers_504_when_no_connection_can_be_made_in_time() throws Exception {
        try (UnansweringPort full = UnansweringPort.open();
                RelayFixture relay = RelayFixture.to(full.port(), "connectTimeout=1000");
                RawClient client = RawClient.connect(relay.port())) {
            long start = System.nanoTime();
            assertThat(client.get("/").answer().status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1000), Duration.ofMillis(1500));
            assertThat(relay.relay.upstreamConnections()).isZero();
        }
    }

    @Test
    void answers_when_a_name_does_not_resolve() throws Exception {
        try (RelayFixture relay = RelayFixture.toAddress("nowhere.invalid:80", "connectTimeout=2000");
                RawClient client = RawClient.connect(relay.port())) {
            long start = System.nanoTime();
            // 502 where a name server says so, 504 where none is heard of within the time for connecting.
            assertThat(client.get("/").answer().status()).isIn(502, 504);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            await().until(() -> relay.relay.upstreamConnections() == 0);
        }
    }

    @Test
    void fails_all_that_wait_when_the_upstream_goes_away() throws Exception {
        StubUpstream stub = StubUpstream.answering((request, reply) -> {});
        try (RelayFixture relay = RelayFixture.onOneLoop(1, stub.port())) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                clients.add(RawClient.connect(relay.port()).post("/", "{}"));
            }
            await().until(() -> relay.relay.callsUnderWay() == 10);
            stub.close();
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(502);
                client.close();
            }
            assertThat(relay.relay.upstreamConnections()).isZero();
        }
    }

    @Test
    void times_out_requests_that_wait_for_a_connection() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.sse());
                RelayFixture relay = RelayFixture.on(1, 1, stub.port(), "firstByteTimeout=500", "idleTimeout=10000");
                RawClient first = RawClient.connect(relay.port());
                RawClient second = RawClient.connect(relay.port())) {
            first.get("/").readUntil("\r\n\r\n");
            assertThat(second.get("/").answer().status()).isEqualTo(504);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void goes_through_a_forward_proxy() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.json(200, request.headers().get("host") + request.uri()));
                ConnectProxy proxy = ConnectProxy.open();
                RelayFixture relay = RelayFixture.through("localhost", proxy.port(), "127.0.0.1", stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/a").answer().body()).isEqualTo("127.0.0.1:" + stub.port() + "/base/a");
            assertThat(client.get("/b").answer().body()).isEqualTo("127.0.0.1:" + stub.port() + "/base/b");
            assertThat(proxy.asked()).containsExactly("CONNECT 127.0.0.1:" + stub.port() + " HTTP/1.1");
        }
    }

    @Test
    void answers_502_when_the_proxy_refuses() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.refusing();
                RelayFixture relay = RelayFixture.through("127.0.0.1", proxy.port(), "127.0.0.1", 1);
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/a").answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("proxy");
        }
    }

    @Test
    void answers_504_when_the_proxy_says_nothing() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.silent();
                RelayFixture relay =
                        RelayFixture.through("127.0.0.1", proxy.port(), "127.0.0.1", 1, "connectTimeout=1000");
                RawClient client = RawClient.connect(relay.port())) {
            long start = System.nanoTime();
            assertThat(client.get("/a").answer().status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1000), Duration.ofMillis(1500));
        }
    }

    @Test
    void answers_502_when_the_proxys_name_does_not_resolve() throws Exception {
        try (RelayFixture relay = RelayFixture.through("nowhere.invalid", 3128, "127.0.0.1", 1, "connectTimeout=2000");
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/a").answer().status()).isIn(502, 504);
        }
    }
}
