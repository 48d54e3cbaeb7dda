package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What calls leave in the audit. */
class AuditIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String CANARY = "canary-4711";

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("truncate audit_event, audit_checkpoint, usage_by_day");
    }

    // row 64
    @Test
    void each_call_leaves_one_row_which_says_what_happened() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE, "mehari.audit.client-address", "truncated")) {
            gateway.post(CHAT + "?q=" + CANARY, Calls.CHAT, "X-Request-Id", "audited-1")
                    .join();

            awaitRows(1);
            JsonNode row = row("audited-1");
            assertThat(row.path("client").asText()).isEqualTo("127.0.0.0/24");
            assertThat(row.path("method").asText()).isEqualTo("POST");
            assertThat(row.path("path").asText()).isEqualTo(CHAT);
            assertThat(row.path("dialect").asText()).isEqualTo("openai");
            assertThat(row.path("model").asText()).isEqualTo("sim-small");
            assertThat(row.path("key_id").asLong()).isPositive();
            assertThat(row.path("upstream").asText()).isEqualTo("target");
            assertThat(row.path("outcome").asText()).isEqualTo("success");
            assertThat(row.path("status").asInt()).isEqualTo(200);
            assertThat(row.path("reason").isNull()).isTrue();
            assertThat(row.path("request_bytes").asInt()).isEqualTo(Calls.CHAT.length());
            assertThat(row.path("response_bytes").asInt()).isPositive();
            assertThat(row.path("queue_ms").asInt()).isNotNegative();
            assertThat(row.path("total_ms").asInt())
                    .isGreaterThanOrEqualTo(row.path("first_byte_ms").asInt());
            assertThat(row.toString()).doesNotContain(CANARY);
        }
    }

    // row 64
    @Test
    void refused_calls_leave_rows_and_no_row_has_a_prompt_or_a_key() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
                TestGateway gateway = TestGateway.to(stub, DATABASE, "mehari.relay.max-body", "1000")) {
            DATABASE.execute("update api_key set requests = 1, requests_window_ms = 86400000");
            String prompt = Calls.CHAT.replace("Hello", CANARY);
            CompletableFuture<HttpResponse<String>> running = gateway.post(CHAT, prompt, "X-Request-Id", "running");
            await().until(() -> held.size() == 1);
            assertStatus(429, gateway.post(CHAT, prompt, "X-Request-Id", "full"));
            assertStatus(401, gateway.postAs("mh_" + CANARY, CHAT, prompt, "X-Request-Id", "unknown"));
            assertStatus(413, gateway.post(CHAT, CANARY.repeat(200), "X-Request-Id", "large"));
            held.get(0).json(200, "{}");
            running.join();

            awaitRows(4);
            assertThat(outcomes())
                    .containsExactlyInAnyOrder(
                            "running success 200 null",
                            "full refused 429 " + row("full").path("reason").asText(),
                            "unknown refused 401 invalid_api_key",
                            "large refused 413 " + row("large").path("reason").asText());
            assertThat(row("large").path("path").asText()).isEqualTo(CHAT);
            assertThat(DATABASE.query("select audit_event::text from audit_event"))
                    .allSatisfy(row -> assertThat(row).doesNotContain(CANARY).doesNotContain(gateway.key()));
        }
    }

    @Test
    void a_refused_stranger_is_written_down_with_the_dialect_spoken() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE);
                RawClient client = gateway.connect()) {
            client.post(CHAT, Calls.CHAT, "X-Request-Id", "no-key").answer();
            client.post("/v1/messages", Calls.CHAT, "x-api-key", "mh_x", "X-Request-Id", "wrong-key")
                    .answer();
            RawClient.Answer models = client.get("/v1/models", "x-api-key", "mh_x", "X-Request-Id", "models")
                    .answer();
            client.get("/other", "X-Request-Id", "other").answer();

            assertThat(models.body()).startsWith("{\"type\":\"error\"");
            awaitRows(4);
            assertThat(List.of("no-key", "wrong-key", "models", "other"))
                    .extracting(id -> row(id).path("dialect").asText())
                    .containsExactly("openai", "anthropic", "anthropic", "plain");
        }
    }

    // rows 15, 31
    @Test
    void aborted_failed_and_late_calls_say_so() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(AuditIT::misbehave);
                TestGateway gateway = TestGateway.to(
                        stub, DATABASE, "mehari.upstream.first-byte-timeout", "300ms", "mehari.retry.max", "0")) {
            assertStatus(500, gateway.post("/fail", "{}", "X-Request-Id", "fail"));
            assertStatus(504, gateway.post("/late", "{}", "X-Request-Id", "late"));
            try (RawClient client = gateway.connect()) {
                client.send("GET /stream HTTP/1.1\r\nHost: x\r\nX-Request-Id: left\r\nAuthorization: Bearer "
                        + gateway.key() + "\r\n\r\n");
                await().until(() -> stub.requests().size() == 3);
            }

            awaitRows(3);
            assertThat(outcomes())
                    .containsExactlyInAnyOrder(
                            "fail failure 500 null",
                            "late failure 504 " + row("late").path("reason").asText(),
                            "left cancelled " + row("left").path("status").asText() + " null");
            assertThat(row("late").path("reason").asText()).isNotEmpty().isNotEqualTo("null");
        }
    }

    private static void misbehave(StubUpstream.Request request, StubUpstream.Reply reply) {
        switch (request.uri()) {
            case "/fail" -> reply.json(500, "{}");
            case "/stream" -> reply.sse().chunk("data: 1\n\n");
            default -> reply.after(Duration.ofSeconds(20), () -> reply.json(200, "{}"));
        }
    }

    // row 53
    @Test
    void tokens_and_cost_are_those_of_usage() throws Exception {
        DATABASE.execute("insert into model_price values ('m', 2.5, 1.25, 3, 10) on conflict do nothing");
        String answer = "{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":500,\"completion_tokens\":100,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":200},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":30}}}";
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(200, answer));
                TestGateway gateway = TestGateway.to(stub, DATABASE)) {
            for (int i = 0; i < 5; i++) {
                assertStatus(200, gateway.post(CHAT, "{\"model\":\"m\",\"messages\":[]}"));
            }

            awaitRows(5);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> DATABASE.number("select coalesce(sum(calls), 0) from usage_by_day") == 5);
            String sums = "select row(sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(reasoning_tokens),"
                    + " sum(cost))::text from ";
            assertThat(DATABASE.text(sums + "audit_event"))
                    .isEqualTo(DATABASE.text(sums + "usage_by_day"))
                    .startsWith("(1500,1000,500,150,");
        }
    }

    // row 64
    @Test
    void a_table_that_cannot_be_written_holds_nobody_up_and_misses_nothing_afterwards() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE)) {
            try (Connection locking = DriverManager.getConnection(DATABASE.url());
                    Statement lock = locking.createStatement()) {
                locking.setAutoCommit(false);
                lock.execute("lock table audit_event in access exclusive mode");
                for (int i = 0; i < 40; i++) {
                    assertStatus(200, gateway.post("/call", "{}"));
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> metric(gateway, "mehari_audit_journal") >= 1);
                assertStatus(200, gateway.post("/call", "{}"));
                locking.rollback();
            }

            awaitRows(41);
            assertThat(DATABASE.number("select count(distinct sequence) from audit_event"))
                    .isEqualTo(41);
            await().until(() -> metric(gateway, "mehari_audit_journal") == 0);
            assertThat(metric(gateway, "mehari_audit_events_total")).isEqualTo(41);
            assertThat(metric(gateway, "mehari_audit_dropped_total")).isZero();
        }
    }

    /** Each batch takes its time, and the queue of another route takes all that a stop gives to such queues. */
    @Test
    void a_clean_stop_brings_events_to_the_table_whatever_other_queues_hold() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        routes.insertBefore("confirm-events", "- delay:\n    constant: \"4000\"\n    asyncDelayed: \"false\"");
        routes.insertBefore(
                "identify-caller", "- wireTap:\n    id: tap-stuck\n    uri: seda:stuck\n    copy: \"true\"");
        Files.writeString(routes.folder().resolve("stuck.camel.yaml"), """
                - route:
                    id: stuck
                    from:
                      uri: seda:stuck
                      steps:
                        - delay:
                            constant: "600000"
                """);
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        stub, DATABASE, "mehari.routes.dir", routes.folder().toString(), "mehari.audit.batch", "1")) {
            for (int i = 0; i < 4; i++) {
                assertStatus(200, gateway.post("/call", "{}"));
            }
        }

        assertThat(DATABASE.number("select count(*) from audit_event")).isEqualTo(4);
    }

    // row 64
    @Test
    void a_clean_stop_loses_none_and_the_next_start_goes_on_with_its_chain() throws Exception {
        Path data = folder.resolve("data");
        for (int start = 0; start < 2; start++) {
            try (StubUpstream stub = StubUpstream.respondingWith(200);
                    TestGateway gateway = TestGateway.to(
                            stub, DATABASE, "mehari.data.dir", data.toString(), "mehari.audit.batch-wait", "1h")) {
                List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    sent.add(gateway.post("/call", "{}"));
                }
                sent.forEach(CompletableFuture::join);
            }
        }

        assertThat(DATABASE.number("select count(*) from audit_event")).isEqualTo(40);
        assertThat(DATABASE.query("select chain.previous = before.id and chain.first_link = sha256(decode(replace("
                        + "chain.instance::text, '-', ''), 'hex') || head) from audit_chain chain"
                        + " join audit_chain before on before.id = chain.previous"
                        + " join audit_checkpoint last on last.chain = before.id and last.sequence = 20"
                        + " where chain.id = (select max(chain) from audit_event)"))
                .containsExactly("t");
    }

    // row 64
    @Test
    void the_file_sink_of_the_documents_works_and_what_it_wrote_verifies() throws Exception {
        String yaml = Files.readString(Path.of("docs/audit.md"))
                .split("```yaml\n", -1)[1]
                .split("```", -1)[0];
        EditedRoutes routes = EditedRoutes.copy();
        Path audit = routes.folder().resolve("audit.camel.yaml");
        String stock = Files.readString(audit);
        int from = stock.lastIndexOf('\n', stock.indexOf("- choice:\n                  id: choose-events-or-loss")) + 1;
        int to = stock.lastIndexOf('\n', stock.indexOf("- process:\n                  id: confirm-events")) + 1;
        Files.writeString(
                audit, stock.substring(0, from) + yaml.replace("file:audit", "file:" + folder) + stock.substring(to));
        Path key = folder.resolve("key.pem");
        for (int start = 0; start < 2; start++) {
            try (StubUpstream stub = StubUpstream.respondingWith(200);
                    TestGateway gateway = TestGateway.to(
                            stub,
                            DATABASE,
                            "mehari.routes.dir",
                            routes.folder().toString(),
                            "mehari.data.dir",
                            folder.resolve("data").toString())) {
                for (int call = 1; call <= 2; call++) {
                    int before = lines().size();
                    gateway.post(CHAT, Calls.CHAT, "X-Request-Id", "call-" + start + call)
                            .join();
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> lines().size() > before
                                    && lines().get(lines().size() - 1).endsWith("}"));
                }
                Files.writeString(
                        key,
                        mehari(
                                0,
                                new StringWriter(),
                                "key",
                                "--admin-url=" + gateway.adminUrl(),
                                "--data-dir=" + folder.resolve("data")));
            }
        }

        List<String> all = lines();
        assertThat(all)
                .extracting(line -> JSON.readTree(line).path("type").asText())
                .containsExactly(
                        "chain",
                        "event",
                        "checkpoint",
                        "chain",
                        "checkpoint",
                        "event",
                        "checkpoint",
                        "chain",
                        "event",
                        "checkpoint",
                        "chain",
                        "checkpoint",
                        "event",
                        "checkpoint");
        assertThat(JSON.readTree(all.get(1)).path("request_id").asText()).isEqualTo("call-01");
        assertThat(DATABASE.number("select count(*) from audit_event")).isZero();
        assertThat(verify(0, key, all)).contains("4 events in 2 chains", "This part is whole");
        assertThat(verify(0, key, all.subList(3, 14))).contains("3 events in 2 chains", "This part is whole");
        List<String> changed = new ArrayList<>(all);
        changed.set(12, changed.get(12).replace("call-12", "call-21"));
        assertThat(verify(1, key, changed)).contains("event 2 is not what was written");
        assertThat(verify(0, key, all.subList(0, 5), all.subList(5, 14))).contains("4 events in 2 chains");
        assertThat(verify(1, key, all.subList(0, 3), List.of(all.get(3), all.get(6))))
                .contains("event 2 is missing");
    }

    @SafeVarargs
    private String verify(int expected, Path key, List<String>... parts) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("verify", "--part", "--public-key", key.toString()));
        for (int i = 0; i < parts.length; i++) {
            arguments.add(Files.write(folder.resolve("part-" + i), parts[i]).toString());
        }
        return mehari(expected, new StringWriter(), arguments.toArray(String[]::new));
    }

    // row 64
    @Test
    void tail_shows_the_last_calls_and_follows() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE)) {
            for (int i = 1; i <= 3; i++) {
                gateway.post("/call", "{}", "X-Request-Id", "before-" + i).join();
                awaitRows(i);
            }
            StringWriter out = new StringWriter();
            CompletableFuture<String> shown = CompletableFuture.supplyAsync(() -> mehari(
                    0,
                    out,
                    "tail",
                    "--lines=2",
                    "--rounds=5",
                    "--from=2020-01-01",
                    "--upstream=target",
                    "--admin-url=" + gateway.adminUrl(),
                    "--data-dir=" + gateway.dataFolder()));
            await().atMost(Duration.ofSeconds(10)).until(() -> out.toString().contains("before-3"));
            gateway.post("/call", "{}", "X-Request-Id", "after-1").join();

            assertThat(shown.join().lines().skip(1).map(line -> line.substring(line.lastIndexOf(' ') + 1)))
                    .containsExactly("before-2", "before-3", "after-1");
        }
    }

    private static String mehari(int expected, StringWriter out, String... arguments) {
        List<String> all = new ArrayList<>(List.of("audit"));
        all.addAll(List.of(arguments));
        int code = Mehari.commandLine().setOut(new PrintWriter(out)).execute(all.toArray(String[]::new));
        assertThat(code).as(out.toString()).isEqualTo(expected);
        return out.toString();
    }

    @Test
    void without_audit_nothing_is_left() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE, "mehari.audit.enabled", "false")) {
            assertStatus(200, gateway.post("/call", "{}"));
        }
        assertThat(DATABASE.number("select count(*) from audit_event")).isZero();
    }

    private List<String> lines() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(one -> one.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        }
    }

    private static void assertStatus(int status, CompletableFuture<HttpResponse<String>> answer) {
        assertThat(answer.join().statusCode()).isEqualTo(status);
    }

    private static void awaitRows(int rows) {
        await().atMost(Duration.ofSeconds(20)).until(() -> DATABASE.number("select count(*) from audit_event") == rows);
    }

    private static JsonNode row(String requestId) throws IOException {
        return JSON.readTree(DATABASE.text(
                "select row_to_json(audit_event)::text from audit_event where request_id = '" + requestId + "'"));
    }

    private static List<String> outcomes() {
        return DATABASE.query(
                "select concat_ws(' ', request_id, outcome, status, coalesce(reason, 'null'))" + " from audit_event");
    }

    private static double metric(TestGateway gateway, String name) throws Exception {
        return gateway.admin("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum)
                .orElseThrow();
    }
}
