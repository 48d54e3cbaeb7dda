package dev.mehari.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.config.ProbeConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.probe.ProbeCredential;
import dev.mehari.probe.Prober;
import dev.mehari.probe.UpstreamStates;
import dev.mehari.testing.RecordingUpstreamStore;
import dev.mehari.testing.StubUpstream;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Probe;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes over real HTTP. */
class ProbeIT {
    private final OutboundHttp http = new OutboundHttp();
    private final RecordingUpstreamStore store = new RecordingUpstreamStore();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final List<Upstream> upstreams = new ArrayList<>();
    private final AtomicInteger words = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final UpstreamStates states = new UpstreamStates(store, () -> upstreams, System::nanoTime);

    private Prober prober(int atOnce, Duration timeout) {
        return new Prober(
                () -> upstreams,
                store,
                states,
                new HttpProbes(http),
                upstream -> new ProbeCredential.Pooled(new UpstreamCredential("x-api-key", "pooled")),
                (upstream, outcome) -> answers.incrementAndGet(),
                new ProbeConfig(atOnce, timeout, 3),
                () -> "word" + words.incrementAndGet(),
                blocking,
                (wait, work) -> timer.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS),
                System::nanoTime);
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        blocking.shutdownNow();
        http.close();
    }

    private static Upstream upstream(String name, int port, Duration interval, String model) {
        UpstreamOptions all = UpstreamOptions.DEFAULT;
        return Upstream.at(name, Dialect.ANTHROPIC, URI.create("http://127.0.0.1:" + port), null, null)
                .stored(
                        1,
                        new UpstreamOptions(
                                all.priority(),
                                all.weight(),
                                all.maxConcurrent(),
                                all.models(),
                                all.aliases(),
                                all.choice(),
                                all.rotationCalls(),
                                all.sticky(),
                                all.timeouts(),
                                all.trust(),
                                new Probe(interval, model)));
    }

    @Test // row 33
    void a_hundred_hanging_nodes_are_never_asked_more_at_once_than_allowed() {
        try (StubUpstream hanging = StubUpstream.answering((request, reply) -> {})) {
            for (int i = 0; i < 100; i++) {
                upstreams.add(upstream("node-" + i, hanging.port(), Duration.ofSeconds(1), "m"));
            }
            try (Prober prober = prober(4, Duration.ofMillis(100))) {
                prober.start();
                await().atMost(Duration.ofSeconds(30)).until(() -> answers.get() >= 150);
            }

            assertThat(hanging.mostInFlight()).isBetween(1, 5); // a connection that is given up closes a moment later
            assertThat(hanging.requests().size()).isGreaterThan(100);
        }
    }

    @Test // row 33
    void an_answer_of_200_with_an_empty_body_is_unhealthy_until_the_word_comes_back() {
        try (StubUpstream stub =
                StubUpstream.answering((request, reply) -> reply.bytes(200, "application/json", new byte[0]))) {
            upstreams.add(upstream("empty", stub.port(), Duration.ofMillis(100), "m"));
            try (Prober prober = prober(4, Duration.ofSeconds(5))) {
                prober.start();
                await().atMost(Duration.ofSeconds(10)).until(() -> states.isFailed("empty"));
                assertThat(store.told()).containsExactly("failed empty answered 200 with nothing");
                assertThat(states.isUsable(upstreams.get(0))).isFalse();

                stub.answer((request, reply) -> {
                    String text = request.text();
                    String word = text.substring(text.lastIndexOf("word"), text.lastIndexOf('"'));
                    reply.json(200, "{\"content\":[{\"type\":\"text\",\"text\":\"" + word + "\"}]}");
                });
                await().atMost(Duration.ofSeconds(10)).until(() -> !states.isFailed("empty"));
            }

            assertThat(stub.requests().get(0).uri()).isEqualTo("/v1/messages");
            assertThat(stub.requests().get(0).headers().get("x-api-key")).isEqualTo("pooled");
            assertThat(stub.requests().get(0).headers().get("anthropic-version"))
                    .isEqualTo("2023-06-01");
        }
    }

    @Test // row 33
    void what_refuses_connections_or_answers_too_much_fails() {
        int port;
        try (StubUpstream stub = StubUpstream.answering(
                (request, reply) -> reply.bytes(200, "application/json", new byte[OutboundHttp.MOST_BYTES + 1]))) {
            port = stub.port();
            probeUntilFailed(upstream("long", port, Duration.ofMillis(100), null));
        }
        probeUntilFailed(upstream("closed", port, Duration.ofMillis(100), null));

        assertThat(store.told()).containsExactly("failed long gave no answer", "failed closed gave no answer");
    }

    private void probeUntilFailed(Upstream upstream) {
        upstreams.clear();
        upstreams.add(upstream);
        try (Prober prober = prober(4, Duration.ofSeconds(5))) {
            prober.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> states.isFailed(upstream.name()));
        }
    }
}
