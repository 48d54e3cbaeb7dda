package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.ApiDocument;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mehari audit} and {@code /api/audit} on a running gateway, after calls that ended in each way. */
class AuditCommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String CANARY = "canary-4711";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;
    private static String limited;

    @TempDir
    private Path folder;

    @BeforeAll
    static void call() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.answering(AuditCommandsIT::answer);
        gateway = TestGateway.to(stub, database, "mehari.retry.max", "0");
        String key = gateway.newKey("limited", 5);
        String where = " from api_key where key_hash = encode(sha256('" + key + "'), 'hex')";
        limited = database.text("select id" + where);
        database.execute("update api_key set requests = 1, requests_window_ms = 86400000 where id = " + limited);
        String large = Calls.CHAT.replace("sim-small", "sim-large").replace("Hello", CANARY);
        send(200, 1, gateway.postAs(key, CHAT, Calls.CHAT, "X-Request-Id", "first"));
        send(429, 2, gateway.postAs(key, CHAT, Calls.CHAT, "X-Request-Id", "limited"));
        send(401, 3, gateway.postAs("mh_" + CANARY, CHAT, Calls.CHAT, "X-Request-Id", "unknown"));
        send(500, 4, gateway.post("/fail", "{}", "X-Request-Id", "failed"));
        send(
                200,
                5,
                gateway.post(
                        CHAT, large, "X-Request-Id", "large", "traceparent", "00-" + TRACE + "-b7ad6b7169203331-01"));
        try (RawClient client = gateway.connect()) {
            client.send("GET /stream HTTP/1.1\r\nHost: x\r\nX-Request-Id: left\r\nAuthorization: Bearer "
                    + gateway.key() + "\r\n\r\n");
            await().until(() -> stub.requests().size() == 4);
        }
        awaitEvents(6);
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    private static void answer(StubUpstream.Request request, StubUpstream.Reply reply) {
        switch (request.uri()) {
            case "/fail" -> reply.json(500, "{}");
            case "/stream" -> reply.sse().chunk("data: 1\n\n");
            default -> reply.json(200, "{\"ok\":true}");
        }
    }

    private static void send(int status, int events, CompletableFuture<HttpResponse<String>> answer) {
        assertThat(answer.join().statusCode()).isEqualTo(status);
        awaitEvents(events);
    }

    private static void awaitEvents(int events) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> database.number("select count(*) from audit_event") == events);
    }

    // row 64
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                | left large failed unknown limited first",
                "--request large                 | large",
                "--trace " + TRACE + "           | large",
                "--model sim-large               | large",
                "--status 401                    | unknown",
                "--status 4xx                    | unknown limited",
                "--status 5xx                    | failed",
                "--outcome success               | large first",
                "--outcome failure               | failed",
                "--outcome refused               | unknown limited",
                "--outcome cancelled             | left",
                "--key 0                         | unknown",
                "--key 0 --outcome success       | nothing",
                "--upstream target               | left large failed first",
                "--upstream nowhere              | nothing",
                "--credential 0                  | left large failed unknown limited first",
                "--credential 12                 | nothing",
                "--from 2020-01-01 --to 2020-02-01 | nothing",
                "--from 2020-01-01 --limit 2     | left large"
            })
    void search_finds_by_each_filter(String filter, String requests) throws Exception {
        String[] given = filter == null ? new String[0] : filter.split(" ", -1);

        assertThat(found(given)).isEqualTo(requests.equals("nothing") ? List.of() : List.of(requests.split(" ", -1)));
    }

    // row 64
    @Test
    void search_finds_by_key_and_by_time() throws Exception {
        assertThat(found("--key", limited)).containsExactly("limited", "first");
        JsonNode all = JSON.readTree(audit(0, "search", "--json")).path("events");
        String from = all.at("/4/at").asText();
        String to = all.at("/2/at").asText();
        assertThat(found("--from", from, "--to", to)).containsExactly("unknown", "limited");
    }

    @Test
    void search_goes_on_page_by_page() throws Exception {
        List<String> seen = new ArrayList<>();
        String after = null;
        do {
            List<String> arguments = new ArrayList<>(List.of("search", "--limit=4", "--json"));
            if (after != null) {
                arguments.add("--after=" + after);
            }
            JsonNode page = JSON.readTree(audit(0, arguments.toArray(String[]::new)));
            page.path("events")
                    .forEach(event -> seen.add(event.path("request_id").asText()));
            after = page.path("next").textValue();
        } while (after != null);

        assertThat(seen).containsExactly("left", "large", "failed", "unknown", "limited", "first");
    }

    // row 64
    @Test
    void search_prints_a_line_for_each_call() throws Exception {
        assertThat(audit(0, "search", "--limit", "2"))
                .containsPattern("at +outcome +status +key +upstream")
                .containsPattern("Z +cancelled +\\d+ +\\d+ +target .* left\n")
                .containsPattern("Z +success +200 +\\d+ +target +0 +sim-large .* large\n")
                .containsPattern("There is more: --after [0-9-]+\n");
        assertThat(audit(0, "search", "--status", "401"))
                .containsPattern("Z +refused +401 +0 +- +0 .* unknown invalid_api_key\n");
        assertThat(audit(0, "search", "--model", "none")).isEqualTo("nothing found\n");
    }

    // row 64
    @Test
    void search_prints_csv_with_the_fields_of_the_json() throws Exception {
        JsonNode event = JSON.readTree(audit(0, "search", "--json", "--request", "large"))
                .at("/events/0");

        List<String> lines =
                audit(0, "search", "--csv", "--request", "large").lines().toList();

        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        event.properties().forEach(field -> {
            names.add(field.getKey());
            values.add(field.getValue().isNull() ? "" : field.getValue().asText());
        });
        assertThat(lines).containsExactly(String.join(",", names), String.join(",", values));
        assertThat(audit(2, "search", "--csv", "--json")).contains("--csv or --json");
    }

    // row 64
    @Test
    void csv_comes_page_by_page() throws Exception {
        HttpResponse<String> page = gateway.admin("GET", "/api/audit?format=csv&limit=4", "");

        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8; header=present");
        assertThat(page.body().lines()).hasSize(5);
        String next = page.headers().firstValue("X-Mehari-Next").orElseThrow();
        HttpResponse<String> last = gateway.admin("GET", "/api/audit?format=csv&limit=4&after=" + next, "");
        assertThat(last.body().lines()).hasSize(3);
        assertThat(last.headers().firstValue("X-Mehari-Next")).isEmpty();
        assertThat(audit(0, "search", "--csv"))
                .isEqualTo(page.body() + last.body().substring(last.body().indexOf('\n') + 1));
        assertThat(audit(0, "search", "--csv", "--limit", "4")).isEqualTo(page.body());
    }

    @Test
    void wrong_filters_are_wrong_use_and_named() throws Exception {
        assertThat(audit(2, "search", "--status", "many")).contains("status: must be");
        assertThat(audit(2, "tail", "--rounds", "1", "--outcome", "good")).contains("outcome: must be");
        assertThat(audit(2, "tail", "--lines", "1001")).contains("--lines must be");
        assertThat(audit(2)).contains("search, tail, export, verify, key");
    }

    // row 64
    @Test
    void an_export_is_verified_without_a_gateway() throws Exception {
        Path export = folder.resolve("audit.jsonl");
        Path key = Files.writeString(folder.resolve("key.pem"), audit(0, "key"));

        assertThat(audit(0, "export", export.toString())).endsWith(" lines in " + export + "\n");
        assertThat(audit(0, "export")).isEqualTo(Files.readString(export));
        assertThat(Files.readString(export)).doesNotContain(CANARY).doesNotContain(gateway.key());
        String verdict = alone(0, "verify", export.toString(), "--public-key", key.toString());
        assertThat(verdict)
                .contains("6 events in 1 chains with ", " signatures; 0 events dropped, 0 not signed yet")
                .contains("The audit is whole.")
                .doesNotContain("give --public-key");
        String head = verdict.lines().reduce("", (one, next) -> next).strip();
        assertThat(audit(0, "verify", "--public-key", key.toString(), "--head", head))
                .contains("The audit is whole.");
        assertThat(alone(0, "verify", export.toString())).contains("give --public-key for a proof");

        Files.writeString(export, Files.readString(export).replace("\"status\":429", "\"status\":200"));
        assertThat(alone(1, "verify", export.toString())).contains("event 2 is not what was written");
        Files.writeString(key, "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        assertThat(audit(1, "verify", "--public-key", key.toString()))
                .contains("is signed with a key that is none of those given");
        assertThat(alone(2, "verify", folder.resolve("none").toString())).contains("There is no file");
    }

    // row 64
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "update audit_event set cost = cost + 1 where sequence = 3       | event 3 is not what was written",
                "update audit_event set model = null where sequence = 5          | event 5 is not what was written",
                "delete from audit_event where sequence = 4                      | event 4 is missing",
                "delete from audit_event where sequence <= 2                     | events 1 to 2 are missing",
                "update audit_event set sequence = 9 - sequence where sequence in (4, 5) | event 4 is not what was written",
                "delete from audit_event where sequence = 6                      | event 6 is missing",
                "update audit_checkpoint set head = sha256(head)                 | the signature at 6 is not the gateway's"
            })
    void verify_names_chain_and_event_of_what_was_done_to_the_table(String sql, String what) throws Exception {
        String chain = database.text("select max(chain) from audit_event");

        assertThat(tampered(sql, 1, "verify"))
                .contains("wrong: chain " + chain + ": " + what)
                .contains("The audit is NOT whole.");
        assertThat(JSON.readTree(tampered(sql, 1, "verify", "--json"))
                        .at("/problems/0/chain")
                        .asText())
                .isEqualTo(chain);
        assertThat(audit(0, "verify")).contains("The audit is whole.");
    }

    // row 64
    @Test
    void an_end_that_was_cut_off_with_its_signature_is_found_by_a_head_that_was_noted() throws Exception {
        String head = JSON.readTree(audit(0, "verify", "--json")).at("/heads/0").asText();
        String cut = "delete from audit_checkpoint where sequence > 4; delete from audit_event where sequence > 4";

        assertThat(tampered(cut, 0, "verify")).contains("4 events in 1 chains");
        assertThat(tampered(cut, 1, "verify", "--head", head))
                .contains("events 5 to 6 were there when the head was noted");
        assertThat(tampered(
                        cut + "; delete from audit_event; delete from audit_checkpoint; delete from audit_chain",
                        1,
                        "verify",
                        "--head",
                        head))
                .contains("whose head was noted, is not there");
    }

    // row 64
    @ParameterizedTest
    @CsvSource({
        "/api/audit?from=yesterday, from",
        "/api/audit?from=2026-02-02&to=2026-02-01, from",
        "/api/audit?to=2026-13-01, to",
        "/api/audit?key=x, key",
        "/api/audit?credential=-1, credential",
        "/api/audit?status=99, status",
        "/api/audit?status=6xx, status",
        "/api/audit?outcome=good, outcome",
        "/api/audit?outcome=success&outcome=failure, outcome",
        "/api/audit?model=%00, model",
        "/api/audit?trace=12, trace",
        "/api/audit?after=1, after",
        "/api/audit?limit=0, limit",
        "/api/audit?limit=1001, limit",
        "/api/audit?limit=ten, limit",
        "/api/audit?kee=1, kee",
        "/api/audit/hours?by=day, by",
        "/api/audit/hours?from=x, from",
        "/api/audit/days?outcome=x, outcome",
        "/api/audit/days?limit=1, limit",
        "/api/audit/key?key=1, key"
    })
    void a_wrong_parameter_is_named(String path, String field) throws Exception {
        HttpResponse<String> answer = gateway.admin("GET", path, "");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/field").asText()).isEqualTo(field);
        assertThat(ApiDocument.complaints("GET", path.replaceAll("\\?.*", ""), answer))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/api/audit/export?after=1-2, after", "/api/audit/export?limit=10001, limit", "/api/audit/export?x=, x"
    })
    void a_wrong_parameter_of_an_export_is_named(String path, String field) throws Exception {
        HttpResponse<String> answer = gateway.admin("GET", path, "");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/field").asText()).isEqualTo(field);
    }

    // row 38
    @Test
    void answers_are_as_described() throws Exception {
        for (String path : List.of("/api/audit", "/api/audit/hours", "/api/audit/days", "/api/audit/key")) {
            HttpResponse<String> answer = gateway.admin("GET", path, "");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(ApiDocument.complaints("GET", path, answer)).as(path).isEmpty();
        }
    }

    private static List<String> found(String... filters) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("search", "--json"));
        arguments.addAll(List.of(filters));
        List<String> requests = new ArrayList<>();
        JSON.readTree(audit(0, arguments.toArray(String[]::new)))
                .path("events")
                .forEach(event -> requests.add(event.path("request_id").asText()));
        return requests;
    }

    /** What a command says after {@code sql}, which is undone. */
    private static String tampered(String sql, int expected, String... arguments) throws Exception {
        List<String> tables = List.of("audit_chain", "audit_event", "audit_checkpoint");
        tables.forEach(table -> database.execute("create table kept_" + table + " as select * from " + table));
        try {
            database.execute(sql);
            return audit(expected, arguments);
        } finally {
            database.execute("delete from audit_event; delete from audit_checkpoint; delete from audit_chain");
            tables.forEach(table -> database.execute("insert into " + table
                    + " overriding system value select * from kept_" + table + "; drop table kept_" + table));
        }
    }

    private static String audit(int expected, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.isEmpty()) {
            all.add("--admin-url=" + gateway.adminUrl());
            all.add("--data-dir=" + gateway.dataFolder());
        }
        return alone(expected, all.toArray(String[]::new));
    }

    private static String alone(int expected, String... arguments) {
        List<String> all = new ArrayList<>(List.of("audit"));
        all.addAll(List.of(arguments));
        StringWriter out = new StringWriter();
        int code = Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(all.toArray(String[]::new));
        assertThat(code).as(out.toString()).isEqualTo(expected);
        return out.toString();
    }
}
