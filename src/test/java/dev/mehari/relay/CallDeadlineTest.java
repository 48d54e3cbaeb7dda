package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.upstream.Upstream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** What is left of a call's time is all that its upstream gets, and its end is not the upstream's fault. */
class CallDeadlineTest {
    private static RelayFixture relay(int port, String options, Processor before) throws Exception {
        return RelayFixture.with(RelayFixture.LIMITS, 0, new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:0?matchOnUriPrefix=true")
                        .process(before)
                        .process(exchange -> Call.of(exchange)
                                .onStreamFailure(failure -> ("data: "
                                                + failure.getClass().getSimpleName() + "\n\n")
                                        .getBytes(StandardCharsets.UTF_8)))
                        .to("netty-http:http://127.0.0.1:" + port + "?throwExceptionOnFailure=false&" + options);
            }
        });
    }

    private static Processor clientWaits(long millis) {
        return exchange -> exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, millis);
    }

    /** A call whose first try began {@code agoMillis} ago and whose second try begins now. */
    private static Processor secondTry(long agoMillis) {
        Upstream upstream = Upstream.at("up", Dialect.OPENAI, URI.create("http://127.0.0.1:1"), null, null);
        return exchange -> {
            long now = System.nanoTime();
            AttemptLog log = new AttemptLog();
            log.add(new Attempt(upstream, null, null, now - agoMillis * 1_000_000, () -> {}));
            log.add(new Attempt(upstream, null, null, now, () -> {}));
            exchange.setProperty(ExchangeKeys.ATTEMPTS, log);
        };
    }

    private static RawClient.Answer ask(RelayFixture relay) throws Exception {
        try (RawClient client = RawClient.connect(relay.port())) {
            long started = System.nanoTime();
            RawClient.Answer answer = client.get("/").answer();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
            return answer;
        }
    }

    @Test
    void a_call_whose_time_went_by_with_other_tries_is_not_sent() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = relay(stub.port(), "totalTimeout=5000", secondTry(9_000))) {
            RawClient.Answer answer = ask(relay);

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body())
                    .contains("deadline_exceeded")
                    .contains("9000 ms for earlier tries and the waits between");
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void a_call_whose_client_waits_no_longer_is_not_sent() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = relay(stub.port(), "totalTimeout=5000", clientWaits(0))) {
            RawClient.Answer answer = ask(relay);

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("deadline_exceeded").contains("ms until its first try");
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void an_upstream_has_as_long_as_the_client_waits_and_is_not_blamed() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                RelayFixture relay = relay(stub.port(), "requestTimeout=20000", clientWaits(300))) {
            RawClient.Answer answer = ask(relay);

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("deadline_exceeded");
        }
    }

    @Test
    void connecting_takes_no_longer_than_the_client_waits() throws Exception {
        try (UnansweringPort full = UnansweringPort.open();
                RelayFixture relay = relay(full.port(), "connectTimeout=20000", clientWaits(300))) {
            RawClient.Answer answer = ask(relay);

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("deadline_exceeded");
        }
    }

    @Test
    void a_stream_ends_with_the_clients_time() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                RelayFixture relay = relay(stub.port(), "requestTimeout=20000", clientWaits(500))) {
            RawClient.Answer answer = ask(relay);

            assertThat(answer.body()).isEqualTo("data: 1\n\ndata: DeadlineExceeded\n\n");
            assertThat(answer.cleanEnd()).isFalse();
        }
    }

    @Test
    void an_upstream_that_had_most_of_the_total_is_to_blame_for_its_end() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                RelayFixture first = relay(stub.port(), "totalTimeout=300", clientWaits(20_000));
                RelayFixture most = relay(stub.port(), "totalTimeout=1500", secondTry(500));
                RelayFixture least = relay(stub.port(), "totalTimeout=1500", secondTry(1_000))) {
            assertThat(ask(first).body()).contains("upstream_timeout");
            assertThat(ask(most).body()).contains("upstream_timeout");
            assertThat(ask(least).body()).contains("deadline_exceeded");
        }
    }
}
