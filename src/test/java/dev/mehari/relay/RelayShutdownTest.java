package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.GatewayBusy;
import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Stopping: what runs may end, what does not end is told so, and nothing is left. */
@ExtendWith(LeakWatch.class)
class RelayShutdownTest {
    @Test
    void calls_under_way_end_and_unused_connections_are_closed() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> open.add(reply));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient unused = RawClient.connect(relay.port());
                RawClient busy = RawClient.connect(relay.port()).get("/")) {
            int port = relay.port();
            await().until(() -> open.size() == 1 && relay.relay.clientConnections() == 2);
            relay.relay.stopAccepting();

            assertThat(unused.isAtEnd()).isTrue();
            assertThatThrownBy(() -> RawClient.connect(port).close()).isInstanceOf(IOException.class);
            open.get(0).json(200, "{}");
            RawClient.Answer answer = busy.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(busy.isAtEnd()).isTrue();
        }
    }

    @Test
    void a_client_that_reads_its_last_answer_is_not_reset_by_a_stop() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.onOneLoop(1, stub.port());
                RawClient unused = RawClient.connect(relay.port());
                RawClient last = RawClient.connect(relay.port()).get("/", "Connection", "close")) {
            assertThat(last.answer().status()).isEqualTo(200);
            assertThat(last.isAtEnd()).isTrue();
            relay.relay.stopAccepting();
            relay.relay.breakOff(new GatewayBusy(GatewayBusy.Reason.SHUTTING_DOWN, "stopping", Duration.ofSeconds(1)));

            assertThat(unused.isAtEnd()).isTrue();
            await().until(() -> relay.relay.clientConnections() == 1);
            last.get("/late").get("/later"); // were it closed, the second of them would meet a reset
        }
    }

    @Test
    void what_does_not_end_is_broken_off_in_words() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/stream")) {
                        reply.sse().chunk("data: 1\n\n");
                    }
                });
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient stream = RawClient.connect(relay.port()).get("/stream");
                RawClient waiting = RawClient.connect(relay.port()).post("/waiting", "{}");
                RawClient sending = RawClient.connect(relay.port())
                        .send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nhalf")) {
            stream.readUntil("\r\n\r\n");
            await().until(() -> stub.requests().size() == 2 && relay.relay.callsUnderWay() == 3);
            relay.relay.stopAccepting();
            relay.relay.breakOff(new GatewayBusy(GatewayBusy.Reason.SHUTTING_DOWN, "stopping", Duration.ofSeconds(1)));

            assertThat(stream.readAll())
                    .contains("data: {\"error\":\"GatewayBusy\"}")
                    .doesNotEndWith("0\r\n\r\n");
            assertThat(waiting.answer().status()).isEqualTo(503);
            assertThat(sending.answer().status()).isEqualTo(503);
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 2);
            assertThat(relay.relay.callsUnderWay()).isZero();
        }
    }

    @Test
    void calls_under_way_end_when_the_last_route_at_their_port_is_taken_away() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> open.add(reply));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient unused = RawClient.connect(relay.port());
                RawClient busy = RawClient.connect(relay.port()).get("/")) {
            int port = relay.port();
            await().until(() -> open.size() == 1 && relay.relay.clientConnections() == 2);

            takeRouteAway(relay);

            assertThat(unused.isAtEnd()).isTrue();
            assertThatThrownBy(() -> RawClient.connect(port).close()).isInstanceOf(IOException.class);
            assertThat(relay.relay.ports()).isEmpty();
            assertThat(relay.relay.callsUnderWay()).isEqualTo(1);
            open.get(0).json(200, "{}");
            RawClient.Answer answer = busy.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(busy.isAtEnd()).isTrue();
            await().until(() -> relay.relay.clientConnections() == 0);
        }
    }

    @Test
    void a_stop_breaks_off_what_a_route_that_was_taken_away_has_left() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = RelayFixture.to(stub.port());
                RawClient stream = RawClient.connect(relay.port()).get("/")) {
            stream.readUntil("data: 1");
            takeRouteAway(relay);

            relay.relay.stopAccepting();
            assertThat(relay.relay.openStreams()).isEqualTo(1);
            relay.relay.breakOff(new GatewayBusy(GatewayBusy.Reason.SHUTTING_DOWN, "stopping", Duration.ofSeconds(1)));

            assertThat(stream.readAll()).contains("data: {\"error\":\"GatewayBusy\"}");
            await().until(() -> relay.relay.clientConnections() == 0);
        }
    }

    private static void takeRouteAway(RelayFixture relay) {
        relay.relay.withdraw((RelayConsumer) relay.camel().getRoutes().get(0).getConsumer());
    }

    @Test
    void nothing_waits_for_ever_when_the_context_stops() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {})) {
            RelayFixture relay = RelayFixture.onOneLoop(1, stub.port());
            try (RawClient running = RawClient.connect(relay.port()).get("/running");
                    RawClient waiting = RawClient.connect(relay.port()).get("/waiting")) {
                await().until(() -> relay.relay.callsUnderWay() == 2);
                relay.camel().stop();
                running.readAll();
                waiting.readAll();
                await().atMost(Duration.ofSeconds(2)).until(() -> relay.relay.upstreamConnections() == 0);
                await().atMost(Duration.ofSeconds(2))
                        .until(() -> relay.camel().getInflightRepository().size() == 0);
            } finally {
                relay.close();
            }
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = RelayFixture.prepared()) {
            assertThatThrownBy(() -> relay.run(new org.apache.camel.builder.RouteBuilder() {
                        @Override
                        public void configure() {
                            from("netty-http:http://127.0.0.1:" + stub.port()).setBody(constant("x"));
                        }
                    }))
                    .hasStackTraceContaining("Cannot listen on 127.0.0.1:" + stub.port());
        }
    }
}
