package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.StreamBody;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** Error answers are handed to the route whole, so that it can look into them; unless they are very long. */
class ErrorAnswersTest {
    private final BlockingQueue<Object> bodies = new LinkedBlockingQueue<>();

    private RelayFixture to(StubUpstream stub, String options) throws Exception {
        return RelayFixture.prepared().run(new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0?matchOnUriPrefix=true")
                        .to("netty-http:http://127.0.0.1:" + stub.port() + "?throwExceptionOnFailure=false" + options)
                        .process(exchange -> bodies.add(exchange.getMessage().getBody()));
            }
        });
    }

    private static String chunks(int status, String type) {
        return "HTTP/1.1 " + status + " Told\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    @Test
    void an_error_that_arrives_in_pieces_is_handed_over_whole() throws Exception {
        for (String type : new String[] {"application/json", "text/event-stream"}) {
            try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                        reply.raw(chunks(429, type)).chunk("{\"error\":");
                        reply.after(
                                Duration.ofMillis(100),
                                () -> reply.chunk("\"slow down\"}").end());
                    });
                    RelayFixture relay = to(stub, "");
                    RawClient client = RawClient.connect(relay.port())) {
                RawClient.Answer answer = client.get("/").answer();

                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.body()).isEqualTo("{\"error\":\"slow down\"}");
                assertThat(bodies.poll(1, TimeUnit.SECONDS)).isInstanceOf(byte[].class);
            }
        }
    }

    @Test
    void a_success_that_arrives_in_pieces_still_streams() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.raw(chunks(200, "application/json")).chunk("[1,");
                    reply.after(Duration.ofMillis(100), () -> reply.chunk("2]").end());
                });
                RelayFixture relay = to(stub, "");
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().body()).isEqualTo("[1,2]");
            assertThat(bodies.poll(1, TimeUnit.SECONDS)).isInstanceOf(StreamBody.class);
        }
    }

    @Test
    void an_error_beyond_64_kib_streams_on() throws Exception {
        String tooLong = "x".repeat(512 * 1024);
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/chunked")) {
                        reply.raw(chunks(400, "text/plain")).chunk(tooLong).end();
                    } else {
                        reply.json(400, tooLong);
                    }
                });
                RelayFixture relay = to(stub, "");
                RawClient client = RawClient.connect(relay.port())) {
            for (String path : new String[] {"/chunked", "/whole"}) {
                RawClient.Answer answer = client.get(path).answer();

                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).isEqualTo(tooLong);
                assertThat(bodies.poll(1, TimeUnit.SECONDS)).as(path).isInstanceOf(StreamBody.class);
            }
        }
    }

    @Test
    void an_error_that_falls_silent_is_given_up() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        reply.raw(chunks(500, "application/json")).chunk("{"));
                RelayFixture relay = to(stub, "&idleTimeout=300");
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("{");
            assertThat(answer.cleanEnd()).isFalse();
        }
    }
}
