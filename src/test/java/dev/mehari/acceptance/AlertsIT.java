package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway whose every permit is taken. */
@SuppressWarnings("try") // the log is only there to be captured
class AlertsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String STUCK = "/stuck";

    private static TestDatabase database;

    private final Queue<String> posted = new ConcurrentLinkedQueue<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate alert_event");
    }

    // row 40
    @Test
    void tells_the_operator_by_webhook_log_api_and_metric() throws Exception {
        try (StubUpstream stub = upstream();
                StubUpstream hook = StubUpstream.answering((request, reply) -> {
                    posted.add(request.method() + " " + request.uri() + " " + request.text());
                    reply.json(200, "{}");
                });
                CapturedLog log = CapturedLog.of(logged::add, "dev.mehari.alert");
                TestGateway gateway = full(stub, "http://127.0.0.1:" + hook.port() + "/hook?secret=s3cr3t")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(posted).hasSize(2));

            JsonNode warned = JSON.readTree(posted.stream()
                    .filter(post -> post.contains("\"warn\""))
                    .findFirst()
                    .orElseThrow()
                    .substring("POST /hook?secret=s3cr3t ".length()));
            assertThat(warned.path("name").asText()).isEqualTo("concurrency");
            assertThat(warned.path("level").asText()).isEqualTo("warn");
            assertThat(warned.path("state").asText()).isEqualTo("raised");
            assertThat(warned.path("value").asDouble()).isEqualTo(100);
            assertThat(warned.path("text").asText()).startsWith("warn alert raised on gw1: concurrency is 100 percent");
            assertThat(logged)
                    .anySatisfy(line -> assertThat(line).contains("critical alert raised on gw1: concurrency"));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(alerts(gateway).path("history")).hasSize(2));
            assertThat(alerts(gateway).path("raised").findValuesAsText("level")).containsExactly("warn", "critical");
            assertThat(alerts(gateway).path("instance").asText()).isEqualTo("gw1");
            assertThat(JSON.readTree(gateway.admin("GET", "/api/stats", "").body())
                            .path("alerts"))
                    .hasSize(2);
            assertThat(gateway.admin("GET", "/q/metrics", "").body())
                    .contains("mehari_alerts{level=\"critical\",name=\"concurrency\"} 1.0")
                    .contains("mehari_alerts{level=\"critical\",name=\"queue\"} 0.0");
            assertThat(logged).noneSatisfy(line -> assertThat(line).contains("s3cr3t"));
        }
    }

    // row 40
    @Test
    void loses_nothing_but_a_log_line_to_a_webhook_that_hangs() throws Exception {
        try (StubUpstream stub = upstream();
                StubUpstream hook = StubUpstream.answering((request, reply) -> posted.add(request.uri()));
                CapturedLog log = CapturedLog.of(logged::add, "dev.mehari.alert");
                TestGateway gateway = full(stub, "http://127.0.0.1:" + hook.port() + "/")) {
            await().atMost(SOON).until(() -> posted.size() == 2);

            assertThat(gateway.metrics().path("active_requests").asInt()).isEqualTo(2);
            gateway.set("proxy.max_concurrent", "100");
            assertThat(gateway.get("/quick").join().statusCode()).isEqualTo(200);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logged)
                            .anySatisfy(line -> assertThat(line).contains("did not take an alert")));
            assertThat(alerts(gateway).path("history")).hasSize(2);
        }
    }

    // row 40
    @Test
    void goes_wherever_an_operator_edits_the_route_to() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        routes.insertBefore("post-alert", "- to:\n    uri: log:elsewhere\n    parameters:\n      showHeaders: true");
        routes.insertBefore(
                "post-alert",
                "- throwException:\n    exceptionType: java.io.IOException\n    message: nobody is there");
        try (StubUpstream stub = upstream();
                CapturedLog log = CapturedLog.of(logged::add, "elsewhere", "dev.mehari.app.AlertSender");
                TestGateway gateway =
                        full(stub, "none", "mehari.routes.dir", routes.folder().toString())) {
            await().atMost(SOON).until(() -> logged.size() >= 4);

            assertThat(List.copyOf(logged))
                    .anySatisfy(line -> assertThat(line).contains("elsewhere", "AlertLevel=critical", "concurrency"))
                    .anySatisfy(line -> assertThat(line).contains("The route for alerts did not take: critical"));
            assertThat(alerts(gateway).path("raised")).hasSize(2);
        }
    }

    private static StubUpstream upstream() {
        return StubUpstream.answering((request, reply) -> {
            if (!request.uri().equals(STUCK)) {
                reply.json(200, "{}");
            }
        });
    }

    /** Both permits are taken by calls that never end. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static TestGateway full(StubUpstream stub, String webhook, String... more) throws Exception {
        String[] settings = {
            "mehari.proxy.max-concurrent", "2", "mehari.alerts.webhook", webhook, "mehari.alerts.instance", "gw1"
        };
        String[] all =
                Stream.concat(Arrays.stream(settings), Arrays.stream(more)).toArray(String[]::new);
        TestGateway gateway = TestGateway.to(stub, database, all);
        gateway.get(STUCK);
        gateway.get(STUCK);
        return gateway;
    }

    private static JsonNode alerts(TestGateway gateway) throws Exception {
        return JSON.readTree(gateway.admin("GET", "/api/alerts", "").body());
    }
}
