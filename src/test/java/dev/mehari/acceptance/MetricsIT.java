package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Prometheus sees of a gateway at work. */
class MetricsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern HEAD =
            Pattern.compile("# (HELP [a-z0-9_]+ \\S.*|TYPE [a-z0-9_]+ (counter|gauge|histogram|summary))");
    private static final Pattern SAMPLE = Pattern.compile(
            "[a-z0-9_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*,?})? (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)");
    private static final String CHAT = "/v1/chat/completions";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":50,\"completion_tokens\":10}";

    private static TestDatabase database;

    private StubUpstream stub;
    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        stub = StubUpstream.answering((request, reply) -> {
            switch (request.uri()) {
                case CHAT -> reply.json(200, "{\"model\":\"m-1\",\"choices\":[]," + USAGE + "}");
                case "/v1/responses" ->
                    reply.sse()
                            .chunk("data: {\"type\":\"response.created\"}\n\n")
                            .after(
                                    Duration.ofMillis(50),
                                    () -> reply.chunk("data: {\"type\":\"response.completed\"}\n\n")
                                            .end());
                case "/broken" -> reply.json(500, "{}");
                default -> reply.after(Duration.ofSeconds(3), () -> reply.json(200, "{}"));
            }
        });
        gateway = TestGateway.to(stub, database, "mehari.proxy.max-concurrent", "1");
    }

    @AfterEach
    void close() {
        gateway.close();
        stub.close();
    }

    // row 38
    @Test
    void changes_with_the_traffic() throws Exception {
        assertThat(value("mehari_calls_total", "status=\"2xx\"")).isZero();

        gateway.post(CHAT, "{\"model\":\"m\",\"messages\":[]}").join();
        gateway.metricsWith(0);
        gateway.post("/v1/responses", "{\"model\":\"m\",\"stream\":true,\"input\":\"x\"}")
                .join();
        gateway.metricsWith(0);
        gateway.post("/broken", "{}").join();
        gateway.postAs("mh_nobody", CHAT, "{}").join();
        gateway.metricsWith(0);
        CompletableFuture<HttpResponse<String>> slow = gateway.get("/slow");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(value("mehari_admission_permits_used")).isEqualTo(1));
        CompletableFuture<HttpResponse<String>> waiting = gateway.post(CHAT, "{\"model\":\"m\",\"messages\":[]}");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(value("mehari_admission_waiting")).isEqualTo(1));
        assertThat(value("mehari_calls_open")).isEqualTo(2);
        slow.join();
        waiting.join();
        gateway.metricsWith(0);

        assertThat(value("mehari_calls_total", "status=\"2xx\"", "outcome=\"success\""))
                .isEqualTo(4);
        assertThat(value("mehari_calls_total", "dialect=\"plain\"", "status=\"5xx\""))
                .isEqualTo(1);
        assertThat(value("mehari_calls_total", "outcome=\"refused\"", "status=\"4xx\""))
                .isEqualTo(1);
        assertThat(value("mehari_refusals_total")).isEqualTo(1);
        assertThat(value("mehari_upstream_attempts_total", "outcome=\"refused\""))
                .isEqualTo(1);
        assertThat(value("mehari_admission_permits_used")).isZero();
        assertThat(value("mehari_admission_waiting")).isZero();
        assertThat(value("mehari_admission_queue_wait_seconds_count", "outcome=\"admitted\""))
                .isEqualTo(1);
        assertThat(value("mehari_admission_queue_wait_seconds_bucket", "le=\"60.0\"", "outcome=\"admitted\""))
                .isEqualTo(1);
        assertThat(value("mehari_call_duration_seconds_bucket", "le=\"+Inf\"")).isEqualTo(6);
        assertThat(value("mehari_stream_gap_longest_seconds_count", "dialect=\"openai\""))
                .isEqualTo(1);
        assertThat(value("mehari_stream_gap_longest_seconds_sum", "dialect=\"openai\""))
                .isGreaterThan(0.04);
        assertThat(value("mehari_usage_tokens_total", "kind=\"input\"", "upstream=\"target\""))
                .isGreaterThanOrEqualTo(100);
        assertThat(value("gen_ai_client_token_usage_sum", "gen_ai_token_type=\"output\"", "gen_ai_request_model=\"m\""))
                .isEqualTo(20);
        assertThat(value("gen_ai_client_operation_duration_seconds_count", "gen_ai_operation_name=\"chat\""))
                .isEqualTo(3);
        assertThat(value("gen_ai_client_operation_time_to_first_chunk_seconds_count"))
                .isEqualTo(1);
        assertThat(value("mehari_ledger_batches_total")).isEqualTo(value("mehari_ledger_batch_size_count"));
    }

    // row 38
    @Test
    void is_text_that_prometheus_can_parse() throws Exception {
        gateway.post(CHAT, "{\"model\":\"quo\\\"te\",\"messages\":[]}").join();
        HttpResponse<String> answer = gateway.admin("GET", "/q/metrics", "");

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body()).endsWith("\n");
        assertThat(answer.body().lines())
                .hasSizeGreaterThan(100)
                .allMatch(line -> HEAD.matcher(line).matches()
                        || SAMPLE.matcher(line.replace("\\\"", "")).matches());
    }

    // row 38
    @Test
    void has_no_name_of_ours_that_is_not_listed() throws Exception {
        gateway.post(CHAT, "{\"model\":\"m\",\"messages\":[]}").join();
        gateway.post("/broken", "{}").join();
        Set<String> listed = listed();

        List<String> families = scrape().lines()
                .filter(line -> line.startsWith("# TYPE mehari_") || line.startsWith("# TYPE gen_ai_"))
                .map(line -> line.split(" ")[2])
                .toList();

        assertThat(families).hasSizeGreaterThan(40);
        assertThat(listed).containsAll(families);
    }

    /** The list's names as Prometheus has them. */
    private static Set<String> listed() throws Exception {
        Set<String> names = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("docs/metrics.md"))) {
            if (line.startsWith("| `mehari.") || line.startsWith("| `gen_ai.client")) {
                String[] cells = line.split("\\s*\\|\\s*", -1);
                String unit = cells[3];
                String name = cells[1].replace("`", "").replace('.', '_');
                name += unit.isEmpty() || name.endsWith("_" + unit) ? "" : "_" + unit;
                names.add(cells[2].equals("counter") ? name + "_total" : name);
                names.add(name + "_max");
            }
        }
        return names;
    }

    private String scrape() throws Exception {
        return gateway.admin("GET", "/q/metrics", "").body();
    }

    /** The sum of all samples of that name with those labels. */
    private double value(String name, String... labels) throws Exception {
        return scrape().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
