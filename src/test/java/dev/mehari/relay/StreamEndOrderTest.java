package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.StreamBody;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/**
 * What a stream has used is known at its end; who settles it before the last byte, or at the end of the call, must find it then.
 */
class StreamEndOrderTest {
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final BlockingQueue<StubUpstream.Reply> replies = new LinkedBlockingQueue<>();

    @Test
    void a_complete_stream_ends_before_its_call() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    replies.add(reply.sse().chunk("data: 1\n\n"));
                });
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port()));
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 0; i < 20; i++) {
                client.get("/").readUntil("data: 1\n\n\r\n");
                replies.take().end();
                client.readUntil("0\r\n\r\n");
                await().until(() -> ends.size() == 3);
                assertThat(ends).containsExactly("stream Complete", "last byte", "call");
                ends.clear();
            }
        }
    }

    @Test
    void a_stream_that_breaks_ends_before_its_call() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    replies.add(reply.sse().chunk("data: 1\n\n"));
                });
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port()));
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").readUntil("data: 1\n\n\r\n");
            replies.take().close();
            client.readAll();
            await().until(() -> ends.size() == 3);
        }
        assertThat(ends).containsExactly("stream Failed", "last byte", "call");
    }

    @Test
    void a_stream_whose_client_leaves_ends_before_its_call() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port()));
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").readUntil("data: 1");
            client.kill();
            await().until(() -> ends.size() == 3);
        }
        assertThat(ends).containsExactly("stream Discarded", "last byte", "call");
    }

    @Test
    void what_a_client_wants_again_is_given_back_before_it_has_its_answer() throws Exception {
        AtomicReference<RawClient> client = new AtomicReference<>();
        List<Boolean> told = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/stream")) {
                        reply.sse().chunk("data: 1\n\n");
                        replies.add(reply);
                    } else {
                        reply.json(200, "{}");
                    }
                });
                RelayFixture relay = RelayFixture.prepared().run(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("netty-http:http://127.0.0.1:0/?matchOnUriPrefix=true")
                                .process(exchange -> Call.of(exchange).beforeLastByte(() -> told.add(arrived(client))))
                                .to("netty-http:http://127.0.0.1:" + stub.port());
                    }
                });
                RawClient connected = RawClient.connect(relay.port())) {
            client.set(connected);
            connected.get("/whole");
            await().until(() -> told.size() == 1);
            assertThat(connected.answer().status()).isEqualTo(200);
            connected.get("/stream").readUntil("data: 1\n\n\r\n");
            replies.take().end();
            await().until(() -> told.size() == 2);
            connected.readUntil("0\r\n\r\n");
        }
        assertThat(told).containsExactly(false, false);
    }

    private static boolean arrived(AtomicReference<RawClient> client) {
        try {
            return client.get().hasMore();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RouteBuilder routes(int upstream) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0/?matchOnUriPrefix=true")
                        .process(exchange -> {
                            Call.of(exchange).onEnd(() -> ends.add("call"));
                            Call.of(exchange).beforeLastByte(() -> ends.add("last byte"));
                        })
                        .to("netty-http:http://127.0.0.1:" + upstream)
                        .process(StreamEndOrderTest.this::follow);
            }
        };
    }

    private void follow(Exchange exchange) {
        StreamBody stream = (StreamBody) exchange.getMessage().getBody();
        stream.onEnd(end -> ends.add("stream " + end.getClass().getSimpleName()));
    }
}
