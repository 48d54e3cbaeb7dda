package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that leaves ends its upstream call within a second, whatever had happened until then. */
@ExtendWith(LeakWatch.class)
class ClientLeavesTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void after_any_event_of_a_stream(int events) throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse();
                    for (int i = 0; i < events; i++) {
                        reply.chunk("data: " + i + "\n\n");
                    }
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").readUntil(events == 0 ? "\r\n\r\n" : "data: " + (events - 1) + "\n\n");
            client.kill();

            await().atMost(SOON).until(() -> stub.closedConnections() == 1);
            await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 0);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void in_the_middle_of_an_answer_that_is_gathered() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it"));
                RelayFixture relay = RelayFixture.to(stub.port())) {
            for (int i = 1; i <= 20; i++) {
                int calls = i;
                try (RawClient client = RawClient.connect(relay.port())) {
                    client.get("/");
                    await().until(() -> stub.requests().size() == calls);
                }
                await().atMost(SOON).until(() -> stub.closedConnections() == calls);
            }
            await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 0);
            assertThat(relay.relay.upstreamConnections()).isZero();
        }
    }

    @Test
    void while_it_waits_for_a_pooled_connection() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> open.add(reply));
                RelayFixture relay = RelayFixture.onOneLoop(1, stub.port());
                RawClient first = RawClient.connect(relay.port())) {
            first.get("/first");
            await().until(() -> open.size() == 1);
            List<RawClient> leaving = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                leaving.add(RawClient.connect(relay.port()).get("/leaving"));
            }
            try (RawClient staying = RawClient.connect(relay.port()).get("/staying")) {
                await().until(() -> relay.relay.callsUnderWay() == 7);
                for (RawClient client : leaving) {
                    client.kill();
                }
                await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 2);
                open.get(0).close();
                assertThat(first.answer().status()).isEqualTo(502);
                await().until(() -> open.size() == 2);
                open.get(1).json(200, "{}");
                assertThat(staying.answer().status()).isEqualTo(200);
                assertThat(stub.requests())
                        .extracting(StubUpstream.Request::uri)
                        .containsExactly("/first", "/staying");
            }
        }
    }

    @Test
    void while_its_upstream_is_being_connected_to() throws Exception {
        try (UnansweringPort full = UnansweringPort.open();
                RelayFixture relay = RelayFixture.to(full.port(), "connectTimeout=20000");
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/");
            await().until(() -> relay.relay.callsUnderWay() == 1);
            client.kill();
            await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 0);
            await().atMost(SOON).until(() -> relay.relay.upstreamConnections() == 0);
        }
    }

    @Test
    void in_the_middle_of_its_request() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
            await().until(() -> relay.relay.callsUnderWay() == 1);
            client.kill();
            await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 0);
            await().atMost(SOON).until(() -> relay.relay.clientConnections() == 0);
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void with_requests_still_waiting_behind_the_first() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            client.post("/1", "{}").post("/2", "{}").post("/3", "{}");
            await().until(() -> stub.requests().size() == 1);
            client.kill();
            await().atMost(SOON).until(() -> stub.closedConnections() == 1);
            await().atMost(SOON).until(() -> relay.relay.callsUnderWay() == 0);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void after_the_last_byte_and_the_connection_is_used_again() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.sse().chunk("data: 1\n\n").end());
                RelayFixture relay = RelayFixture.onOneLoop(0, stub.port())) {
            for (int i = 0; i < 5; i++) {
                try (RawClient client = RawClient.connect(relay.port())) {
                    assertThat(client.get("/").answer().cleanEnd()).isTrue();
                    client.kill();
                }
            }
            assertThat(stub.connections()).isEqualTo(1);
        }
    }

    @Test
    void by_taking_nothing_of_its_answer_for_too_long() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.bytes(200, "text/plain", new byte[50_000_000]));
                RelayFixture relay = RelayFixture.to(
                        RelayFixture.limits(1000, Duration.ofSeconds(1), Duration.ofSeconds(60)), 0, stub.port());
                RawClient client = RawClient.connectSlow(relay.port(), 4096)) {
            client.get("/").readUntil("\r\n\r\n");
            await().atMost(Duration.ofSeconds(5)).until(() -> relay.relay.callsUnderWay() == 0);
            await().atMost(SOON).until(() -> stub.closedConnections() == 1);
        }
    }
}
