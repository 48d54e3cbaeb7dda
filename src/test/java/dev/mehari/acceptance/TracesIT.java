package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.mehari.storage.ServerPort;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.OtlpCollector;
import dev.mehari.testing.OtlpCollector.Received;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a collector of traces gets to know, over real HTTP. */
class TracesIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";
    private static final String ANSWER =
            "{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":50,\"completion_tokens\":10}}";

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @AfterEach
    void clear() throws Exception {
        PooledCalls.clear(database);
    }

    private static TestGateway traced(StubUpstream stub, OtlpCollector collector, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of("mehari.traces.endpoint", collector.url()));
        settings.addAll(List.of(more));
        return TestGateway.to(stub, database, settings.toArray(String[]::new));
    }

    private static StubUpstream answering(String body) {
        return StubUpstream.answering((request, reply) -> reply.json(200, body));
    }

    private static StubUpstream inTurn(Integer... statuses) {
        Iterator<Integer> left = List.of(statuses).iterator();
        return StubUpstream.answering((request, reply) -> {
            synchronized (left) {
                reply.json(left.next(), ANSWER);
            }
        });
    }

    private static String parentAt(StubUpstream stub, int request) {
        return stub.requests().get(request).headers().get("traceparent");
    }

    // row 38
    @Test
    void a_call_is_a_span_below_the_callers_and_its_try_one_below_that() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = answering(ANSWER);
                TestGateway gateway = traced(stub, collector)) {
            Instant before = Clock.systemUTC().instant();
            gateway.post(
                            CHAT,
                            "{\"model\":\"m\",\"messages\":[]}",
                            "traceparent",
                            PARENT,
                            "tracestate",
                            "vendor=1",
                            "X-Request-Id",
                            "traced-1")
                    .join();
            List<Received> trace = collector.trace("traced-1");
            Instant after = Clock.systemUTC().instant();

            assertThat(trace).hasSize(2).allSatisfy(span -> {
                assertThat(span.traceId()).isEqualTo(TRACE);
                assertThat(span.name()).isEqualTo("POST /v1/chat/completions");
                assertThat(span.error()).isFalse();
                assertThat(span.endNanos()).isGreaterThanOrEqualTo(span.startNanos());
                assertThat(Instant.ofEpochSecond(0, span.startNanos())).isBetween(before, after);
            });
            assertThat(trace.get(0).parentId()).isEqualTo(SPAN);
            assertThat(trace.get(0).attributes())
                    .contains(
                            entry("http.request.method", "POST"),
                            entry("url.path", CHAT),
                            entry("http.response.status_code", "200"),
                            entry("gen_ai.operation.name", "chat"),
                            entry("gen_ai.provider.name", "openai"),
                            entry("gen_ai.request.model", "m"),
                            entry("gen_ai.usage.input_tokens", "50"),
                            entry("gen_ai.usage.output_tokens", "10"),
                            entry("mehari.outcome", "success"),
                            entry("mehari.tries", "1"))
                    .containsKeys("mehari.queue_ms", "mehari.key_id")
                    .doesNotContainKey("error.type");
            assertThat(trace.get(1).parentId()).isEqualTo(trace.get(0).spanId());
            assertThat(trace.get(1).attributes())
                    .contains(
                            entry("server.address", "127.0.0.1"),
                            entry("server.port", Integer.toString(stub.port())),
                            entry("http.response.status_code", "200"),
                            entry("mehari.upstream", "target"))
                    .doesNotContainKeys("http.request.resend_count", "error.type");
            assertThat(parentAt(stub, 0))
                    .isEqualTo("00-" + TRACE + "-" + trace.get(1).spanId() + "-01");
            assertThat(stub.requests().get(0).headers().get("tracestate")).isEqualTo("vendor=1");
            assertThat(collector.resource()).contains(entry("service.name", "mehari"));
            assertThat(collector.requests().get(0).uri()).isEqualTo("/v1/traces");
        }
    }

    // row 38
    @Test
    void a_trace_that_its_beginner_does_not_record_goes_on_as_it_came() throws Exception {
        String unrecorded = PARENT.replace("-01", "-00");
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = answering(ANSWER);
                TestGateway gateway = traced(stub, collector)) {
            gateway.post(CHAT, Calls.CHAT, "traceparent", unrecorded, "X-Request-Id", "unrecorded")
                    .join();
            gateway.post(CHAT, Calls.CHAT, "X-Request-Id", "recorded").join();

            assertThat(collector.trace("recorded")).hasSize(2);
            assertThat(collector.spans()).hasSize(2);
            assertThat(parentAt(stub, 0)).isEqualTo(unrecorded);
        }
    }

    // row 38
    @Test
    void a_malformed_parent_begins_a_new_trace() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = answering(ANSWER);
                TestGateway gateway = traced(stub, collector)) {
            gateway.post(
                            CHAT,
                            Calls.CHAT,
                            "traceparent",
                            "00-" + TRACE + "-01",
                            "tracestate",
                            "vendor=1",
                            "X-Request-Id",
                            "malformed")
                    .join();

            List<Received> trace = collector.trace("malformed");
            assertThat(trace.get(0).parentId()).isEmpty();
            assertThat(trace.get(0).traceId()).isNotEqualTo(TRACE);
            assertThat(parentAt(stub, 0))
                    .isEqualTo(
                            "00-" + trace.get(0).traceId() + "-" + trace.get(1).spanId() + "-01");
            assertThat(stub.requests().get(0).headers().get("tracestate")).isNull();
        }
    }

    // row 38
    @Test
    void of_traces_begun_here_a_share_is_recorded_and_others_are_told_so() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = answering(ANSWER);
                TestGateway gateway = traced(stub, collector, "mehari.traces.sample", "0")) {
            gateway.post(CHAT, Calls.CHAT, "X-Request-Id", "by chance").join();
            gateway.post(CHAT, Calls.CHAT, "traceparent", PARENT, "X-Request-Id", "by-caller")
                    .join();

            assertThat(collector.trace("by-caller")).hasSize(2);
            assertThat(collector.spans()).hasSize(2);
            assertThat(parentAt(stub, 0)).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        }
    }

    // row 38
    @Test
    void each_try_is_a_span_of_its_own() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = inTurn(503, 503, 200);
                TestGateway gateway = traced(stub, collector, "mehari.retry.backoff", "20ms")) {
            assertThat(gateway.post(CHAT, Calls.CHAT, "traceparent", PARENT, "X-Request-Id", "thrice")
                            .join()
                            .statusCode())
                    .isEqualTo(200);
            List<Received> trace = collector.trace("thrice");

            assertThat(trace).hasSize(4);
            assertThat(trace.get(0).attributes()).contains(entry("mehari.tries", "3"));
            for (int i = 0; i < 3; i++) {
                Received one = trace.get(i + 1);
                assertThat(one.attributes().get("http.request.resend_count"))
                        .isEqualTo(i == 0 ? null : Integer.toString(i));
                assertThat(one.attributes()).contains(entry("http.response.status_code", i < 2 ? "503" : "200"));
                assertThat(one.error()).isEqualTo(i < 2);
                assertThat(parentAt(stub, i)).isEqualTo("00-" + TRACE + "-" + one.spanId() + "-01");
            }
            assertThat(trace.get(1).endNanos()).isLessThanOrEqualTo(trace.get(2).startNanos());
        }
    }

    // row 38
    @Test
    void spans_of_a_stream_end_with_its_last_byte() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: {\"choices\":[]}\n\n");
                    reply.after(
                            Duration.ofMillis(300),
                            () -> reply.chunk("data: [DONE]\n\n").end());
                });
                TestGateway gateway = traced(stub, collector)) {
            gateway.post(CHAT, Calls.CHAT_STREAM, "X-Request-Id", "streamed").join();

            assertThat(collector.trace("streamed")).hasSize(2).allSatisfy(span -> {
                assertThat(span.endNanos() - span.startNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
                assertThat(span.error()).isFalse();
            });
            Received call = collector.trace("streamed").get(0);
            long firstByte = Long.parseLong(call.attributes().get("mehari.first_byte_ms"));
            assertThat(call.endNanos() - call.startNanos())
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(firstByte + 150));
        }
    }

    // row 38
    @Test
    void says_how_calls_fail() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking();
                StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    if (request.uri().equals("/cut")) {
                        reply.sse().chunk("data: 1\n\n");
                        reply.after(Duration.ofMillis(20), reply::reset);
                    } else if (!request.uri().equals("/never")) {
                        reply.json(404, "{}");
                    }
                });
                TestGateway gateway = traced(stub, collector)) {
            gateway.postAs("mh_nobody", "/who/is/asked", "{}", "X-Request-Id", "refused")
                    .join();
            gateway.post("/nothing?secret=canary-query", "{}", "X-Request-Id", "missing")
                    .join();
            try (RawClient client = gateway.connect()) {
                client.post("/cut", "{}", "Authorization", "Bearer " + gateway.key(), "X-Request-Id", "cut");
                client.readAll();
            }
            try (RawClient client = gateway.connect()) {
                client.post("/never", "{}", "Authorization", "Bearer " + gateway.key(), "X-Request-Id", "gone");
                await().until(() -> stub.inFlight() > 0);
                client.kill();
            }

            List<Received> refused = collector.trace("refused");
            assertThat(refused).hasSize(1);
            assertThat(refused.get(0).name()).isEqualTo("POST");
            assertThat(refused.get(0).attributes())
                    .contains(entry("mehari.outcome", "refused"), entry("http.response.status_code", "401"))
                    .containsKey("error.type")
                    .doesNotContainKey("url.path");
            List<Received> missing = collector.trace("missing");
            assertThat(missing.get(0).error()).isFalse();
            assertThat(missing.get(1).error()).isTrue();
            assertThat(missing.get(1).attributes()).contains(entry("error.type", "404"));
            List<Received> cut = collector.trace("cut");
            assertThat(cut).hasSize(2).allSatisfy(span -> {
                assertThat(span.error()).isTrue();
                assertThat(span.attributes()).contains(entry("error.type", "upstream_broken"));
            });
            List<Received> gone = collector.trace("gone");
            assertThat(gone.get(0).attributes())
                    .contains(entry("mehari.outcome", "cancelled"), entry("error.type", "client_gone"));
            assertThat(gone).hasSize(2);
        }
    }

    // row 40
    @Test
    void no_secret_and_nothing_of_what_is_said_reaches_the_collector() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (CapturedLog captured = CapturedLog.of(log::add, "dev.mehari");
                OtlpCollector collector = OtlpCollector.taking();
                LlmStub llm = LlmStub.serving();
                TestGateway gateway = TestGateway.simulated(
                        database,
                        "mehari.traces.endpoint",
                        collector.url(),
                        "mehari.traces.headers",
                        "Authorization=Bearer%20canary-collector")) {
            gateway.pool().upstream("one", "openai", llm.port());
            gateway.pool().apiKey("one", "first", "sk-canary-upstream");
            gateway.post(
                            CHAT + "?api_key=canary-query",
                            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"canary-prompt\"}]}",
                            "X-Request-Id",
                            "secretive",
                            "Cookie",
                            "canary-cookie")
                    .join();
            List<Received> trace = collector.trace("secretive");

            assertThat(trace.get(1).attributes())
                    .contains(entry("mehari.upstream", "one"))
                    .containsKey("mehari.credential_id");
            assertThat(collector.requests().get(0).headers().get("Authorization"))
                    .isEqualTo("Bearer canary-collector");
            assertThat(collector.bytes()).contains("secretive").doesNotContain("canary", gateway.key());
            assertThat(String.join("\n", log)).doesNotContain("canary-collector");
            assertThat(gateway.admin("GET", "/q/metrics", "").body())
                    .contains("mehari_traces_spans_total{outcome=\"sent\"}")
                    .doesNotContain("canary-collector");
            assertThat(captured).isNotNull();
        }
    }

    // row 38
    @Test
    void a_collector_that_is_away_costs_calls_nothing_and_is_said_once() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        int closed = ServerPort.free(new SecureRandom());
        try (CapturedLog captured = CapturedLog.of(log::add, "dev.mehari.telemetry");
                StubUpstream stub = answering(ANSWER);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.traces.endpoint", "http://127.0.0.1:" + closed)) {
            callMany(gateway, 50);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(spans(gateway, "failed")).isEqualTo(100));
            callMany(gateway, 50);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(spans(gateway, "failed")).isEqualTo(200));

            String said = "Spans do not reach http://127.0.0.1:" + closed + "/v1/traces (ConnectException)";
            assertThat(log).filteredOn(line -> line.contains(said)).hasSize(1);
            assertThat(captured).isNotNull();
        }
    }

    // row 38
    @Test
    void a_collector_that_hangs_costs_calls_nothing_and_the_stop_a_few_seconds() throws Exception {
        long stopping;
        try (OtlpCollector collector = OtlpCollector.hanging();
                StubUpstream stub = answering(ANSWER)) {
            try (TestGateway gateway = traced(stub, collector)) {
                callMany(gateway, 50);
                await().atMost(Duration.ofSeconds(5))
                        .until(() -> !collector.requests().isEmpty());
                callMany(gateway, 50);
                stopping = System.nanoTime();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(8));
        }
    }

    // row 38
    @Test
    void a_stop_sends_what_waits() throws Exception {
        try (OtlpCollector collector = OtlpCollector.taking()) {
            try (StubUpstream stub = answering(ANSWER);
                    TestGateway gateway = traced(stub, collector)) {
                callMany(gateway, 20);
            }
            assertThat(collector.spans()).hasSize(40);
        }
    }

    private static void callMany(TestGateway gateway, int calls) {
        long begun = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, calls)
                .mapToObj(i -> gateway.post("/call", new String(new byte[10], StandardCharsets.UTF_8)))
                .toList();
        assertThat(sent)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    private static long spans(TestGateway gateway, String outcome) throws Exception {
        String name = "mehari_traces_spans_total{outcome=\"" + outcome + "\"} ";
        return gateway.admin("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .sum();
    }
}
