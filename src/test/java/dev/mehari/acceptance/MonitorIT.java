package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.storage.ServerPort;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mehari monitor} and what it asks, before a gateway under traffic. */
class MonitorIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static TestDatabase database;

    private final List<Runnable> held = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    // row 40
    @Test
    void one_document_says_who_calls_and_how_it_goes() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.proxy.max-concurrent",
                        "5",
                        "mehari.proxy.max-queue",
                        "2",
                        "mehari.proxy.queue-timeout",
                        "60s")) {
            String alice = gateway.newKey("monitored alice", 5);
            String bob = gateway.newKey("monitored bob", 5);
            for (int i = 0; i < 3; i++) {
                assertThat(gateway.postAs(alice, "/call", "{}").join().statusCode())
                        .isEqualTo(200);
            }
            gateway.metricsWith(0);
            stub.answer((request, reply) -> {
                if (request.text().contains("stream")) {
                    reply.sse().chunk("data: 1\n\n");
                    held.add(() -> reply.after(Duration.ZERO, reply::end));
                } else {
                    held.add(() -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
                }
            });
            hold(gateway, alice, 3, "{}");
            hold(gateway, bob, 1, "{\"stream\":true}");
            hold(gateway, bob, 1, "{}");
            await().until(() -> held.size() == 5);
            hold(gateway, bob, 2, "{}");
            await().until(() -> gateway.metrics().path("queued_requests").asInt() == 2);
            assertThat(gateway.postAs(bob, "/call", "{}").join().statusCode()).isEqualTo(503);
            gateway.metricsWith(7);

            JsonNode monitor = JSON.readTree(monitor(gateway, "--once", "--json"));
            JsonNode metrics = gateway.metrics();

            for (String gauge : List.of(
                    "active_requests",
                    "queued_requests",
                    "open_requests",
                    "total_requests",
                    "rejected_requests",
                    "max_concurrent",
                    "p99")) {
                assertThat(monitor.path("metrics").path(gauge)).as(gauge).isEqualTo(metrics.path(gauge));
            }
            assertThat(monitor.path("instance").asText()).endsWith(":" + gateway.port());
            assertThat(monitor.path("streams").asInt()).isEqualTo(1);
            assertThat(key(monitor, "monitored alice")).isEqualTo("active 3, waiting 0, calls 3, refused 0, failed 0");
            assertThat(key(monitor, "monitored bob")).isEqualTo("active 2, waiting 2, calls 1, refused 1, failed 0");
            assertThat(monitor.at("/upstreams/0/in_flight").asInt()).isEqualTo(5);
            assertThat(monitor.at("/upstreams/0/state").asText()).isEqualTo("up");
            assertThat(monitor.at("/upstreams/0/breaker").asText()).isEqualTo("closed");
            await().until(() ->
                    sum(JSON.readTree(monitor(gateway, "--once", "--json")).at("/last_minute/calls")) == 4);

            release(stub);
            await().until(() -> JSON.readTree(monitor(gateway, "--once", "--json"))
                            .path("streams")
                            .asInt()
                    == 0);
            assertThat(key(JSON.readTree(monitor(gateway, "--once", "--json")), "monitored bob"))
                    .isEqualTo("active 0, waiting 0, calls 5, refused 1, failed 0");
        }
    }

    // row 40
    @Test
    void one_screen_warns_of_what_is_too_much() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) ->
                        held.add(() -> reply.after(Duration.ZERO, () -> reply.json(200, "{}"))));
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.proxy.max-concurrent",
                        "20",
                        "mehari.proxy.max-queue",
                        "60",
                        "mehari.proxy.queue-timeout",
                        "60s")) {
            hold(gateway, gateway.key(), 17, "{}");
            await().until(() -> held.size() == 17);
            assertThat(monitor(gateway, "--once"))
                    .containsPattern("concurrency 17 / 20  85\\.0 % .* WARN")
                    .containsPattern("queue +0 / 60 [^A-Z]*\n");

            hold(gateway, gateway.key(), 3 + 51, "{}");
            await().until(() -> gateway.metrics().path("queued_requests").asInt() == 51);
            assertThat(monitor(gateway, "--once"))
                    .containsPattern("concurrency 20 / 20  100\\.0 % .* CRITICAL")
                    .containsPattern("queue +51 / 60 .* WARN");

            gateway.set("proxy.max_queue", "0");
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(503);
            }
            await().untilAsserted(() ->
                    assertThat(monitor(gateway, "--once")).containsPattern("refused +5  100\\.0 % .* WARN"));
            release(stub);
        }
    }

    @Test
    void credentials_show_how_they_stand_and_what_they_did() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(401, "{}"));
                TestGateway gateway = TestGateway.simulated(database)) {
            gateway.pool().upstream("pooled", "openai", stub.port());
            gateway.pool().apiKey("pooled", "worn out", "sk-a");
            gateway.post("/v1/chat/completions", PooledCalls.chat("m", "hi")).join();

            JsonNode monitor = JSON.readTree(monitor(gateway, "--once", "--json"));
            JsonNode credential = monitor.at("/credentials/0");

            assertThat(monitor.path("credentials_total").asInt()).isEqualTo(1);
            assertThat(credential.path("name").asText()).isEqualTo("worn out");
            assertThat(credential.path("upstream").asText()).isEqualTo("pooled");
            assertThat(credential.path("state").asText()).isEqualTo("benched");
            assertThat(credential.path("until").isTextual()).isTrue();
            assertThat(credential.path("calls").asInt()).isEqualTo(1);
            assertThat(credential.path("failures").asInt()).isEqualTo(1);
            assertThat(monitor(gateway, "--once")).containsPattern("worn out +benched [0-9]+ s +pooled +0 +1 +1\n");
        } finally {
            PooledCalls.clear(database);
        }
    }

    // row 40
    @Test
    void the_process_goes_on_while_the_gateway_is_away_and_ends_well_on_ctrl_c() throws Exception {
        String port = Integer.toString(ServerPort.free(new SecureRandom()));
        try (StubUpstream stub = StubUpstream.respondingWith(200)) {
            MehariProcess monitor;
            try (TestGateway gateway = watched(stub, port)) {
                monitor = MehariProcess.start(
                        Map.of("MEHARI_ADMIN_TOKEN", TOKEN), "monitor", "--admin-url", gateway.adminUrl());
                awaitText(monitor, "(?s).*mehari .*\n\nmehari .*\n\nmehari .*");
            }
            try (monitor) {
                awaitText(monitor, "(?s).*no answer since [0-9]+ s: .*");
                int seen = monitor.output().size();
                try (TestGateway again = watched(stub, port)) {
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> monitor.output().stream()
                                    .skip(seen)
                                    .anyMatch(line -> line.contains(":" + again.port() + "  healthy")));
                    monitor.interrupt();

                    assertThat(monitor.exitCode()).as(monitor.text()).isZero();
                    assertThat(monitor.text()).doesNotContain("\u001b", "Exception");
                }
            }
        }
    }

    private static TestGateway watched(StubUpstream stub, String port) throws Exception {
        return TestGateway.to(stub, database, "mehari.admin.port", port, "mehari.admin.token", TOKEN);
    }

    private static void awaitText(MehariProcess process, String pattern) {
        await().atMost(Duration.ofSeconds(30)).until(() -> process.text().matches(pattern));
    }

    private void hold(TestGateway gateway, String key, int times, String body) {
        for (int i = 0; i < times; i++) {
            calls.add(gateway.postAs(key, "/call", body));
        }
    }

    private void release(StubUpstream stub) {
        stub.answer((request, reply) -> reply.json(200, "{}"));
        held.forEach(Runnable::run);
        calls.forEach(call -> call.handle((answer, failure) -> 0).join());
    }

    private static String key(JsonNode monitor, String name) {
        for (JsonNode key : monitor.path("keys")) {
            if (key.path("name").asText().startsWith(name)) {
                return "active " + key.path("active") + ", waiting " + key.path("waiting") + ", calls "
                        + key.path("calls") + ", refused " + key.path("refused") + ", failed " + key.path("failed");
            }
        }
        return "none of " + monitor.path("keys");
    }

    private static int sum(JsonNode numbers) {
        int sum = 0;
        for (JsonNode number : numbers) {
            sum += number.asInt();
        }
        return sum;
    }

    private static String monitor(TestGateway gateway, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("monitor"));
        all.addAll(List.of(args));
        all.addAll(List.of("--admin-url", gateway.adminUrl()));
        all.addAll(List.of("--data-dir", gateway.dataFolder().toString()));
        int code = Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        assertThat(code).as("%s", err).isZero();
        return out.toString();
    }
}
