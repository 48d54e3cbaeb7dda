package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the gateway says about itself: health, counts and gauges, to people, balancers and Prometheus. */
class StateIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    private static void call(TestGateway gateway, int times) {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, times)
                .mapToObj(i -> gateway.post("/call", "{}"))
                .toList();
        sent.forEach(CompletableFuture::join);
    }

    // row 35
    @Test
    void a_fresh_gateway_is_healthy() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            HttpResponse<String> answer = gateway.get("/proxy-health").join();

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(json(answer).path("status").asText()).isEqualTo("healthy");
            assertThat(json(answer).path("timestamp").asText()).isNotBlank();
            assertThat(stub.requests()).isEmpty();
        }
    }

    // row 35
    @Test
    void health_needs_no_key() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database);
                RawClient client = gateway.connect()) {
            assertThat(client.get("/proxy-health").answer().status()).isEqualTo(200);
        }
    }

    // row 35
    @Test
    void an_open_breaker_is_unhealthy() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(500);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.breaker.threshold", "3")) {
            for (int i = 0; i < 3; i++) {
                assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(500);
            }
            HttpResponse<String> refused = gateway.post("/call", "{}").join();
            HttpResponse<String> health = gateway.get("/proxy-health").join();

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("circuit_open");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(stub.requests()).hasSize(3);
            assertThat(json(health).path("status").asText()).isEqualTo("unhealthy");
            assertThat(health.statusCode()).as("so that a balancer heeds it").isEqualTo(503);
        }
    }

    // row 36
    @Test
    void metrics_have_every_field_and_true_gauges() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        // The requests that warm it up are not among the 100.
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.start.warm-up", "200ms")) {
            call(gateway, 97);
            gateway.metricsWith(0);
            stub.answer((request, reply) -> held.add(reply));
            List<CompletableFuture<HttpResponse<String>>> open = IntStream.range(0, 3)
                    .mapToObj(i -> gateway.post("/call", "{}"))
                    .toList();
            await().until(() -> held.size() == 3);
            assertThat(gateway.metrics().path("active_requests").asInt()).isEqualTo(3);

            held.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
            open.forEach(CompletableFuture::join);

            await().atMost(Duration.ofSeconds(1))
                    .until(() -> gateway.metrics().path("active_requests").asInt() == 0);
            JsonNode all = json(gateway.get("/proxy-metrics").join());
            JsonNode metrics = all.path("metrics");
            assertThat(metrics.path("total_requests").asInt()).isEqualTo(100);
            assertThat(metrics.path("successful_requests").asInt()).isEqualTo(100);
            assertThat(all.fieldNames()).toIterable().contains("status", "timestamp", "config", "metrics");
            assertThat(all.path("config").fieldNames())
                    .toIterable()
                    .contains("target", "max_concurrent_requests", "max_queue_size", "connect_timeout", "read_timeout");
            assertThat(metrics.fieldNames())
                    .toIterable()
                    .contains(
                            "total_requests",
                            "successful_requests",
                            "failed_requests",
                            "timeout_requests",
                            "rejected_requests",
                            "active_requests",
                            "active_workers",
                            "available_slots",
                            "queue_size",
                            "queued_requests",
                            "queue_rejected",
                            "avg_response_time",
                            "success_rate",
                            "circuit_open",
                            "consecutive_failures",
                            "current_rps",
                            "p50",
                            "p95",
                            "p99",
                            "min",
                            "max");
        }
    }

    // row 36
    @Test
    void the_rate_is_that_of_now_and_falls_to_nothing() throws Exception {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            var steady = clock.scheduleAtFixedRate(() -> gateway.post("/call", "{}"), 0, 50, TimeUnit.MILLISECONDS);
            await().atMost(Duration.ofSeconds(15)).until(() -> isSteady(gateway));
            assertThat(isSteady(gateway)).isTrue();

            steady.cancel(false);
            await().atMost(Duration.ofSeconds(6))
                    .until(() -> gateway.metrics().path("current_rps").asDouble(-1) == 0);
        } finally {
            clock.shutdownNow();
        }
    }

    private static boolean isSteady(TestGateway gateway) throws Exception {
        double rate = gateway.metrics().path("current_rps").asDouble(-1);
        return rate >= 18 && rate <= 22;
    }

    // row 25
    @Test
    void timeouts_failures_refusals_and_clients_gone_are_counted_apart() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {});
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.upstream.read-timeout",
                        "3s",
                        "mehari.proxy.max-concurrent",
                        "1",
                        "mehari.proxy.max-queue",
                        "0",
                        "mehari.breaker.threshold",
                        "100")) {
            CompletableFuture<HttpResponse<String>> slow = gateway.post("/slow", "{}");
            await().until(() -> stub.inFlight() == 1);
            assertThat(gateway.post("/refused", "{}").join().statusCode()).isEqualTo(503);
            assertThat(slow.join().statusCode()).isEqualTo(504);
            gateway.metricsWith(0);
            try (RawClient client = gateway.connect()) {
                client.get("/gone", "Authorization", "Bearer " + gateway.key());
                await().until(() -> stub.requests().size() == 2);
                client.kill();
            }
            assertThat(gateway.metricsWith(0).path("cancelled").asInt()).isEqualTo(1);
            stub.answer((request, reply) -> reply.json(500, "{}"));
            assertThat(gateway.post("/failed", "{}").join().statusCode()).isEqualTo(500);
            JsonNode metrics = gateway.metricsWith(0);

            assertThat(metrics.path("timeout_requests").asInt()).isEqualTo(1);
            assertThat(metrics.path("rejected_requests").asInt()).isEqualTo(1);
            assertThat(metrics.path("rejected_by_reason").path("queue_full").asInt())
                    .isEqualTo(1);
            assertThat(metrics.path("failed_requests").asInt())
                    .as("the timeout, the refusal and the upstream's own error")
                    .isEqualTo(3);
            assertThat(metrics.path("active_requests").asInt()).isZero();
        }
    }

    // row 39
    @Test
    void the_stats_command_prints_what_proxy_metrics_says() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.proxy.max-concurrent", "2", "mehari.proxy.max-queue", "1")) {
            call(gateway, 1);
            gateway.metricsWith(0);
            stub.answer((request, reply) -> held.add(reply));
            List<CompletableFuture<HttpResponse<String>>> open = IntStream.range(0, 3)
                    .mapToObj(i -> gateway.post("/call", "{}"))
                    .toList();
            await().until(() -> gateway.metrics().path("queued_requests").asInt() == 1);
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(503);
            gateway.metricsWith(3);

            String text = command(gateway, "stats");
            JsonNode stats = JSON.readTree(command(gateway, "stats", "--json")).path("metrics");
            JsonNode metrics = gateway.metrics();

            assertThat(text.replaceAll(" +", " "))
                    .contains("current 2 / 2", "queued 1", "total 2", "rejected 1 (50.0 %)", "RPS ");
            for (String gauge : List.of(
                    "active_requests", "queued_requests", "total_requests", "rejected_requests", "max_concurrent")) {
                assertThat(stats.path(gauge).asInt(-1))
                        .as(gauge)
                        .isEqualTo(metrics.path(gauge).asInt(-2));
            }
            stub.answer((request, reply) -> reply.json(200, "{}"));
            held.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
            open.forEach(CompletableFuture::join);
        }
    }

    // row 41
    @Test
    void the_config_command_shows_and_changes_live_settings() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(command(gateway, "config", "set", "proxy.max_concurrent", "5"))
                    .contains("proxy.max_concurrent = 5");
            assertThat(gateway.metrics().path("max_concurrent").asInt()).isEqualTo(5);
            assertThat(command(gateway, "config", "get", "proxy.max_concurrent").strip())
                    .isEqualTo("5");
            assertThat(command(gateway, "config", "list"))
                    .contains("proxy.rate_limit", "proxy.queue_timeout", "audit.keep");
        }
    }

    // row 41
    @Test
    void the_config_command_fails_for_what_cannot_be_set() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(exitCode(gateway, "config", "set", "proxy.max_concurrent", "none"))
                    .isNotZero();
            assertThat(exitCode(gateway, "config", "set", "proxy.max_concurent", "5"))
                    .isNotZero();
            assertThat(gateway.metrics().path("max_concurrent").asInt()).isEqualTo(100);
        }
    }

    private static String command(TestGateway gateway, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(run(gateway, out, err, args)).as("%s", err).isZero();
        return out.toString();
    }

    private static int exitCode(TestGateway gateway, String... args) {
        return run(gateway, new StringWriter(), new StringWriter(), args);
    }

    private static int run(TestGateway gateway, StringWriter out, StringWriter err, String... args) {
        List<String> all = new java.util.ArrayList<>(List.of(args));
        all.addAll(List.of("--admin-url", gateway.adminUrl()));
        all.addAll(List.of("--data-dir", gateway.dataFolder().toString()));
        return Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void the_management_port_asks_for_the_admin_token_but_for_health() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(withoutToken(gateway, "/q/health/live")).isEqualTo(200);
            assertThat(withoutToken(gateway, "/q/health/ready")).isEqualTo(200);
            assertThat(withoutToken(gateway, "/q/metrics")).isEqualTo(401);
            assertThat(withoutToken(gateway, "/api/stats")).isEqualTo(401);
            assertThat(withoutToken(gateway, "/api/settings")).isEqualTo(401);
            assertThat(gateway.admin("GET", "/q/metrics", "").statusCode()).isEqualTo(200);
            assertThat(gateway.admin("GET", "/api/stats", "").statusCode()).isEqualTo(200);
        }
    }

    private static int withoutToken(TestGateway gateway, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.adminUrl() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void prometheus_finds_the_gateways_meters() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            call(gateway, 5);
            String text = gateway.admin("GET", "/q/metrics", "").body();

            assertThat(text.lines().filter(line -> !line.startsWith("#")))
                    .allMatch(line -> line.matches("[a-zA-Z_:][\\w:]*(\\{.*})? [-+\\w.]+( \\d+)?"));
            assertThat(text.lines().filter(line -> line.startsWith("mehari_")))
                    .anyMatch(line -> line.endsWith(" 5.0") || line.endsWith(" 5"));
        }
    }
}
