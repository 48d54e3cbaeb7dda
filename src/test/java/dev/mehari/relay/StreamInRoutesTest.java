package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.StreamBody;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route may do with an answer: anything when it is whole, only pass it on while it is still coming. */
@ExtendWith(LeakWatch.class)
class StreamInRoutesTest {
    private static RouteBuilder routes(int upstream, String convertTo) {
        return new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                errorHandler(noErrorHandler());
                from("netty-http:http://127.0.0.1:0/convert?matchOnUriPrefix=true")
                        .to("netty-http:http://127.0.0.1:" + upstream)
                        .convertBodyTo(getCamelContext().getClassResolver().resolveMandatoryClass(convertTo))
                        .convertBodyTo(String.class);
                from("netty-http:http://127.0.0.1:0/replace?matchOnUriPrefix=true")
                        .to("netty-http:http://127.0.0.1:" + upstream)
                        .removeHeaders("*")
                        .setBody(constant("ours"));
                from("netty-http:http://127.0.0.1:0/post?matchOnUriPrefix=true")
                        .to("netty-http:http://127.0.0.1:" + upstream)
                        .to("netty-http:http://127.0.0.1:" + upstream + "/again");
                from("direct:call").to("netty-http:http://127.0.0.1:" + upstream);
            }
        };
    }

    private static void answer(StubUpstream.Request request, StubUpstream.Reply reply) {
        if (request.uri().endsWith("/small")) {
            reply.json(200, "small");
        } else if (request.uri().endsWith("/big")) {
            reply.bytes(200, "text/plain", new byte[2_000_000]);
        } else {
            reply.sse().chunk("data: 1\n\n");
            reply.after(Duration.ofMillis(100), () -> reply.chunk("data: 2\n\n").end());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"java.lang.String", "byte[]", "java.io.InputStream", "java.io.Reader", "java.nio.ByteBuffer"})
    void a_whole_answer_can_be_read_and_a_stream_is_refused_in_words(String type) throws Exception {
        try (StubUpstream stub = StubUpstream.answering(StreamInRoutesTest::answer);
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port(), type));
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/convert/small").answer().body()).isEqualTo("small");
            RawClient.Answer refused = client.get("/convert/stream").answer();
            assertThat(refused.status()).isEqualTo(500);
            assertThat(refused.body()).doesNotContain("LiveBody");
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 1);
        }
    }

    @Test
    void a_stream_that_the_route_replaces_is_given_up() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port(), "java.lang.String"));
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/replace/stream").answer().body()).isEqualTo("ours");
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 1);
            assertThat(client.get("/replace/stream").answer().body()).isEqualTo("ours");
        }
    }

    /** The end may be read before the connection is closed: an event loop does 64 of what it has to do, and then reads. */
    @Test
    void the_connection_of_a_stream_that_was_given_up_serves_nobody_even_when_its_end_comes() throws Exception {
        BlockingQueue<StubUpstream.Reply> replies = new LinkedBlockingQueue<>();
        CompletableFuture<Exchange> streaming = new CompletableFuture<>();
        CompletableFuture<Integer> idle = new CompletableFuture<>();
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> replies.add(reply.sse().chunk("data: 1\n\n")));
                RelayFixture relay = RelayFixture.prepared().run(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("netty-http:http://127.0.0.1:0")
                                .to("netty-http:http://127.0.0.1:" + stub.port())
                                .process(streaming::complete);
                    }
                });
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").readUntil("data: 1\n\n\r\n");
            StubUpstream.Reply reply = replies.take();
            EventLoop loop = ((ServerCall) Call.of(streaming.join())).loop();
            loop.execute(() -> {
                IntStream.range(0, 2 * 64).forEach(i -> loop.execute(() -> LockSupport.parkNanos(1_000_000)));
                loop.execute(() -> idle.complete(relay.relay.idleUpstreamConnections()));
                ((StreamBody) streaming.join().getMessage().getBody()).discard();
                reply.end();
            });

            assertThat(idle.join()).isZero();
            await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() == 1);
        }
    }

    /** What comes together with the break has arrived: the client gets it. The event loop finds both at once here. */
    @Test
    void what_came_before_a_break_reaches_the_client() throws Exception {
        BlockingQueue<StubUpstream.Reply> replies = new LinkedBlockingQueue<>();
        CompletableFuture<EventLoop> loop = new CompletableFuture<>();
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> replies.add(reply.sse().chunk("data: 1\n\n")));
                RelayFixture relay = RelayFixture.prepared().run(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("netty-http:http://127.0.0.1:0")
                                .process(exchange -> loop.complete(((ServerCall) Call.of(exchange)).loop()))
                                .to("netty-http:http://127.0.0.1:" + stub.port());
                    }
                });
                RawClient client = RawClient.connect(relay.port())) {
            client.get("/").readUntil("data: 1\n\n\r\n");
            StubUpstream.Reply reply = replies.take();
            loop.join().execute(() -> {
                reply.chunk("data: 2\n\n").reset();
                await().until(() -> stub.closedConnections() == 1);
            });

            assertThat(client.readAll()).contains("data: 2\n\n");
        }
    }

    @Test
    void a_stream_cannot_be_a_request_body() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(StreamInRoutesTest::answer);
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port(), "java.lang.String"));
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/post/stream").answer().status()).isEqualTo(500);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void a_route_without_a_client_gets_whole_answers_of_bounded_size() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(StreamInRoutesTest::answer);
                RelayFixture relay = RelayFixture.prepared().run(routes(stub.port(), "java.lang.String"));
                ProducerTemplate template = relay.camel().createProducerTemplate()) {
            assertThat(ask(template, "/small")).isEqualTo("small");
            assertThat(ask(template, "/stream")).isEqualTo("data: 1\n\ndata: 2\n\n");
            assertThatThrownBy(() -> ask(template, "/big"))
                    .hasRootCauseInstanceOf(UpstreamBroken.class)
                    .hasStackTraceContaining("larger than");
            assertThat(ask(template, "/small")).isEqualTo("small");
        }
    }

    private static String ask(ProducerTemplate template, String path) {
        return template.requestBodyAndHeader("direct:call", null, Exchange.HTTP_PATH, path, String.class);
    }
}
