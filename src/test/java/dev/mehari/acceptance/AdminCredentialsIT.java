package dev.mehari.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Credentials, from the admin API to the rows of the database. */
class AdminCredentialsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSPHRASE = "correct horse battery";

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    private final String canary = "canary-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.answering((request, reply) ->
                reply.json(request.headers().get("authorization").contains("good") ? 200 : 401, "{\"data\":[]}"));
        gateway = TestGateway.to(stub, database);
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate credential cascade; delete from upstream where name in ('openai', 'gemini');"
                + " insert into upstream (name, dialect, base_url) values"
                + " ('openai', 'openai', 'http://127.0.0.1:" + stub.port() + "'),"
                + " ('gemini', 'openai', 'http://127.0.0.1:" + stub.port() + "')");
        stub.requests().clear();
    }

    // row 87
    @Test
    void a_credential_is_kept_and_shown_without_its_secret() throws Exception {
        JsonNode made = json(
                201,
                "POST",
                "/api/credentials",
                credential("one", canary + "-wxyz")
                        .put("email", "one@example.com")
                        .put("priority", 7)
                        .put("max_concurrent", 5));

        assertThat(made.path("hint").asText()).isEqualTo("wxyz");
        assertThat(made.path("state").asText()).isEqualTo("usable");
        assertThat(made.path("kind").asText()).isEqualTo("api-key");
        String path = "/api/credentials/" + made.path("id").asText();
        assertThat(json(200, "GET", path, null)).isEqualTo(made);
        assertThat(json(200, "GET", "/api/credentials?upstream=openai", null).path("credentials"))
                .containsExactly(made);
        assertThat(made.toString()).doesNotContain(canary);
        assertThat(database.text("select priority || ' ' || max_concurrent || ' ' || email from credential"))
                .isEqualTo("7 5 one@example.com");
    }

    @Test
    void an_edit_changes_what_it_gives_and_nothing_else() throws Exception {
        String path = keep("one", canary + "-wxyz");
        String sealed = database.text("select encode(secret, 'hex') from credential");

        JsonNode edited = json(200, "PATCH", path, JSON.createObjectNode().put("weight", 9));
        assertThat(edited.path("weight").asInt()).isEqualTo(9);
        assertThat(edited.path("name").asText()).isEqualTo("one");
        assertThat(database.text("select encode(secret, 'hex') from credential"))
                .isEqualTo(sealed);

        assertThat(json(200, "PATCH", path, JSON.createObjectNode().put("secret", "another secret of mine"))
                        .path("hint")
                        .asText())
                .isEqualTo("mine");
        assertThat(json(200, "DELETE", path, null).path("id").asText()).isNotEmpty();
        assertThat(send("GET", path, null, "application/json").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"x\",\"secret\":\"s\"}",
                "{\"upstream\":\"openai\",\"secret\":\"s\"}",
                "{\"upstream\":\"openai\",\"name\":\"x\"}",
                "{\"upstream\":\"open\\u0000ai\",\"name\":\"x\",\"secret\":\"s\"}",
                "{\"upstream\":\"nowhere\",\"name\":\"x\",\"secret\":\"s\"}",
                "{\"upstream\":\"openai\",\"name\":\"x\",\"secret\":\"s\",\"weight\":0}",
                "{\"upstream\":\"openai\",\"name\":\"x\",\"secret\":\"s\",\"kind\":\"header\"}",
                "{\"upstream\":\"openai\",\"name\":\"x;y\",\"secret\":\"s\"}",
                "{\"upstream\":\"openai\",\"name\":\"x\",\"secret\":\"a\\r\\nb: c\"}",
                "{\"upstream\":\"openai\",\"name\":\"x\",\"secret\":\"s\",\"unknown\":1}"
            })
    void what_cannot_be_is_refused_with_its_field(String body) throws Exception {
        HttpResponse<String> answer = send("POST", "/api/credentials", body.getBytes(UTF_8), "application/json");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/field").asText()).isNotEmpty();
        assertThat(database.number("select count(*) from credential")).isZero();
    }

    // row 89
    @Test
    void json_and_zip_are_imported_and_duplicates_by_email_reported() throws Exception {
        byte[] one = account("a@example.com", canary + "-1").toString().getBytes(UTF_8);
        JsonNode first = upload("/api/credentials/import?upstream=gemini", one, "application/json");
        assertThat(first.path("imported")).hasSize(1);

        byte[] zip = zip(
                "b.json", account("b@example.com", canary + "-2").toString(),
                "again.json", account("A@example.com", canary + "-3").toString(),
                "same.json", account("", canary + "-2").toString(),
                "bad.json", "{\"refresh_token\":\"x\"}");
        JsonNode tried = upload("/api/credentials/import?upstream=gemini&dry_run=true", zip, "application/zip");
        assertThat(database.number("select count(*) from credential")).isEqualTo(1);
        JsonNode second = upload("/api/credentials/import?upstream=gemini", zip, "application/zip");

        assertThat(tried.path("duplicates")).isEqualTo(second.path("duplicates"));
        assertThat(second.path("imported")).hasSize(1);
        assertThat(second.path("duplicates")).hasSize(2);
        assertThat(second.at("/duplicates/0/of").asText()).isEqualTo("a@example.com");
        assertThat(second.at("/duplicates/1/of").asText()).isEqualTo("b@example.com");
        assertThat(second.at("/problems/0/entry").asText()).isEqualTo("bad");
        assertThat(database.query("select email from credential order by id"))
                .containsExactly("a@example.com", "b@example.com");
        assertThat(first.toString() + tried + second).doesNotContain(canary);
    }

    // row 89
    @Test
    void accounts_toml_is_imported() throws Exception {
        String toml =
                "[[accounts]]\nemail = \"t@example.com\"\nrefresh_token = \"" + canary + "\"\nclient_id = \"c\"\n";

        JsonNode answer = upload("/api/credentials/import?upstream=gemini", toml.getBytes(UTF_8), "application/toml");

        assertThat(answer.at("/imported/0/name").asText()).isEqualTo("t@example.com");
        assertThat(database.text("select kind from credential")).isEqualTo("oauth");
    }

    // row 87
    @Test
    void an_export_comes_back_with_its_passphrase_only() throws Exception {
        keep("one", canary + "-a");
        keep("two", canary + "-b");
        JsonNode file = json(
                200, "POST", "/api/credentials/export", JSON.createObjectNode().put("passphrase", PASSPHRASE));
        assertThat(file.toString()).doesNotContain(canary);
        database.execute("truncate credential cascade");
        ObjectNode body = JSON.createObjectNode();
        body.set("file", file);

        HttpResponse<String> wrong = send(
                "POST",
                "/api/credentials/import",
                body.put("passphrase", "wrong horse battery").toString().getBytes(UTF_8),
                "application/json");
        JsonNode right = upload(
                "/api/credentials/import",
                body.put("passphrase", PASSPHRASE).toString().getBytes(UTF_8),
                "application/json");

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(right.path("imported")).hasSize(2);
        assertThat(database.query("select name from credential order by name")).containsExactly("one", "two");
        assertThat(send(
                                "POST",
                                "/api/credentials/export",
                                "{\"passphrase\":\"too short\"}".getBytes(UTF_8),
                                "application/json")
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"AAAA\"", "\"\"", "null", "\"not base64\"", "7"})
    void a_damaged_export_is_refused_with_the_field(String data) throws Exception {
        String body = "{\"passphrase\":\"" + PASSPHRASE
                + "\",\"file\":{\"format\":\"mehari-credentials-1\",\"iterations\":600000,"
                + "\"salt\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"nonce\":\"AAAAAAAAAAAAAAAA\",\"data\":" + data + "}}";

        HttpResponse<String> refused =
                send("POST", "/api/credentials/import", body.getBytes(UTF_8), "application/json");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        JsonNode error = JSON.readTree(refused.body()).path("error");
        assertThat(error.path("field").asText()).isEqualTo("file.data");
        assertThat(error.path("message").asText()).isEqualTo("file.data: the export is damaged");
    }

    // row 89
    @Test
    void the_list_is_filtered_by_status_error_and_cooldown() throws Exception {
        long usable = id(keep("usable", canary + "-1"));
        long benched = id(keep("benched", canary + "-2"));
        long model = id(keep("model", canary + "-3"));
        long failed = id(keep("failed", canary + "-4"));
        json(200, "POST", "/api/credentials/" + failed + "/disable", null);
        database.execute("insert into credential_bench values (" + benched
                + ", '', 'unauthorized', 401, now(), now() + interval '1 hour'), (" + model
                + ", 'gpt-x', 'rate_limited', 429, now(), now() + interval '1 hour');"
                + "insert into credential_use (credential_id, last_status, last_failure) values (" + failed
                + ", 403, now())");

        assertThat(listed("status=usable")).containsExactly(usable, model);
        assertThat(listed("status=benched")).containsExactly(benched);
        assertThat(listed("status=disabled")).containsExactly(failed);
        assertThat(listed("status=enabled")).containsExactly(usable, benched, model);
        assertThat(listed("error=401")).containsExactly(benched);
        assertThat(listed("error=403")).containsExactly(failed);
        assertThat(listed("cooldown=true")).containsExactly(benched, model);
        assertThat(listed("cooldown=false&status=enabled")).containsExactly(usable);
        assertThat(send("GET", "/api/credentials?status=odd", null, "application/json")
                        .statusCode())
                .isEqualTo(400);
    }

    // row 89
    @Test
    void many_are_disabled_at_once_and_enabling_clears_errors() throws Exception {
        long one = id(keep("one", canary + "-1"));
        long two = id(keep("two", canary + "-2"));
        database.execute("insert into credential_bench values (" + one + ", '', 'x', 500, now(), now())");

        JsonNode answer = json(200, "POST", "/api/credentials/batch", (ObjectNode)
                JSON.readTree("{\"ids\":[\"" + one + "\",\"" + two + "\",\"999999\"],\"action\":\"disable\"}"));

        assertThat(answer.path("changed")).hasSize(2);
        assertThat(answer.path("unknown")).hasSize(1);
        assertThat(database.number("select count(*) from credential where not enabled"))
                .isEqualTo(2);
        json(200, "POST", "/api/credentials/" + one + "/enable", null);
        assertThat(database.number("select count(*) from credential_bench")).isZero();
        assertThat(database.number("select count(*) from credential where enabled"))
                .isEqualTo(1);
    }

    // row 89
    @Test
    void a_test_asks_the_upstream_and_its_result_is_in_sql() throws Exception {
        String good = keep("good", "good-" + canary);
        String bad = keep("bad", "bad-" + canary);
        database.execute("insert into credential_bench values (" + id(good) + ", '', 'x', 401, now(), now())");

        assertThat(json(200, "POST", good + "/test", null).path("works").asBoolean())
                .isTrue();
        JsonNode failed = json(200, "POST", bad + "/test", null);

        assertThat(failed.path("works").asBoolean()).isFalse();
        assertThat(failed.path("status").asInt()).isEqualTo(401);
        assertThat(stub.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.uri()).isEqualTo("/v1/models"));
        assertThat(database.query("select c.name || ' ' || calls || ' ' || successes || ' ' || failures || ' '"
                        + " || (last_success is not null) from credential_use u join credential c on c.id = u.credential_id"
                        + " order by c.id"))
                .containsExactly("good 1 1 0 true", "bad 1 0 1 false");
        assertThat(database.number("select count(*) from credential_bench")).isZero();
    }

    @Test
    void only_oauth_credentials_can_be_refreshed() throws Exception {
        HttpResponse<String> answer = send("POST", keep("one", canary) + "/refresh", null, "application/json");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_state");
    }

    @Test
    void bench_rules_are_replaced_or_stay_as_they_are() throws Exception {
        JsonNode before = json(200, "GET", "/api/bench-rules", null);
        assertThat(before.path("rules")).hasSizeGreaterThan(5);
        ObjectNode odd = (ObjectNode)
                JSON.readTree(
                        "{\"rules\":[{\"status\":429,\"reason\":\"x\",\"duration\":\"5s\"},{\"status\":429,\"body\":\"(\",\"reason\":\"x\",\"duration\":\"5s\"}]}");
        assertThat(json(400, "PUT", "/api/bench-rules", odd).at("/error/field").asText())
                .isEqualTo("rules[1].body");
        assertThat(json(200, "GET", "/api/bench-rules", null)).isEqualTo(before);

        ((ObjectNode) odd.at("/rules/1")).put("status", 399).remove("body");
        JsonNode refused = json(400, "PUT", "/api/bench-rules", odd).path("error");
        assertThat(refused.path("field").asText()).isEqualTo("rules[1].status");
        assertThat(refused.path("message").asText()).contains("400 to 599");

        ((ArrayNode) odd.path("rules")).remove(1);
        assertThat(json(200, "PUT", "/api/bench-rules", odd).path("rules")).hasSize(1);
        assertThat(json(200, "PUT", "/api/bench-rules", (ObjectNode) before)).isEqualTo(before);
    }

    @Test
    void a_bench_rule_whose_body_holds_a_nul_is_refused_with_its_field() throws Exception {
        ObjectNode rules = JSON.createObjectNode();
        rules.putArray("rules")
                .addObject()
                .put("status", 429)
                .put("body", "a\0b")
                .put("reason", "odd")
                .put("duration", "5s");

        HttpResponse<String> refused =
                send("PUT", "/api/bench-rules", rules.toString().getBytes(UTF_8), "application/json");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).at("/error/field").asText()).isEqualTo("rules[0].body");
    }

    // row 87
    @Test
    void no_secret_is_in_any_table_answer_or_log_at_any_level() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        List<String> answers = new ArrayList<>();
        try {
            String path = keep("one", "good-" + canary);
            answers.add(upload(
                            "/api/credentials/import?upstream=gemini",
                            account("a@example.com", canary).toString().getBytes(UTF_8),
                            "application/json")
                    .toString());
            for (String[] each : new String[][] {
                {"POST", path + "/test"},
                {"POST", path + "/disable"},
                {"POST", path + "/enable"},
                {"GET", path},
                {"GET", "/api/credentials"},
                {"POST", "/api/master-key/rotate"},
                {"GET", "/q/metrics"}
            }) {
                answers.add(send(each[0], each[1], null, "application/json").body());
            }
            answers.add(send(
                            "POST",
                            "/api/credentials",
                            ("{\"upstream\":\"openai\",\"name\":\"x\",\"secret\":\"" + canary + "\\n\"")
                                    .getBytes(UTF_8),
                            "application/json")
                    .body());
        } finally {
            root.setLevel(level);
            root.detachAppender(log);
        }

        assertThat(answers).noneMatch(answer -> answer.contains(canary));
        assertThat(new ArrayList<>(log.list))
                .isNotEmpty()
                .noneMatch(event -> (event.getFormattedMessage()
                                + (event.getThrowableProxy() == null
                                        ? ""
                                        : event.getThrowableProxy().getMessage()))
                        .contains(canary));
        assertThat(dump()).isNotEmpty().noneMatch(row -> row.contains(canary) || row.contains(hex(canary)));
    }

    /** Every row of every table, as text. */
    private static List<String> dump() {
        List<String> rows = new ArrayList<>();
        for (String table : database.query(
                "select table_name from information_schema.tables where table_schema = current_schema()")) {
            rows.addAll(database.query("select t::text from " + table + " t"));
        }
        return rows;
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    private static List<Long> listed(String query) throws Exception {
        List<Long> ids = new ArrayList<>();
        json(200, "GET", "/api/credentials?" + query, null)
                .path("credentials")
                .forEach(one -> ids.add(one.path("id").asLong()));
        return ids;
    }

    /** Keeps one for {@code openai}; its path. */
    private static String keep(String name, String secret) throws Exception {
        return "/api/credentials/"
                + json(201, "POST", "/api/credentials", credential(name, secret))
                        .path("id")
                        .asText();
    }

    private static long id(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }

    private static ObjectNode credential(String name, String secret) {
        return JSON.createObjectNode()
                .put("upstream", "openai")
                .put("name", name)
                .put("secret", secret);
    }

    private static ObjectNode account(String email, String refreshToken) {
        return JSON.createObjectNode()
                .put("client_id", "client")
                .put("refresh_token", refreshToken)
                .put("email", email);
    }

    private static byte[] zip(String... namesAndContents) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static JsonNode upload(String path, byte[] body, String type) throws Exception {
        HttpResponse<String> answer = send("POST", path, body, type);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static JsonNode json(int status, String method, String path, ObjectNode body) throws Exception {
        HttpResponse<String> answer =
                send(method, path, body == null ? null : body.toString().getBytes(UTF_8), "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> send(String method, String path, byte[] body, String type) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.adminUrl() + path))
                                .header("Authorization", "Bearer " + gateway.adminToken())
                                .header("Content-Type", type)
                                .method(
                                        method,
                                        body == null
                                                ? HttpRequest.BodyPublishers.noBody()
                                                : HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
