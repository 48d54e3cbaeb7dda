package dev.mehari.acceptance;

import static dev.mehari.testing.Captures.awaitCapture;
import static dev.mehari.testing.Captures.capture;
import static dev.mehari.testing.Captures.metric;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the bodies of calls whose key says so, and who gets to see it. */
class CaptureIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String MARKER = "marker-4711-of-a-prompt";
    private static final String ALL = "\"capture\":\"all\",\"capture_for\":\"1h\"";
    private static final String ERRORS = "\"capture\":\"errors\",\"capture_for\":\"1h\"";
    private static final int MOST = 10_000;

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    @TempDir
    private Path folder;

    /** @param text what its caller presents */
    private record Key(String id, String text) {}

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        gateway = TestGateway.to(
                stub, database, "mehari.capture.max-body", Integer.toString(MOST), "mehari.retry.max", "0");
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    @BeforeEach
    void usual() {
        stub.answer((request, reply) -> reply.json(200, "{\"ok\":true}"));
    }

    @AfterEach
    void empty() {
        database.execute("truncate captured_call, capture_reading");
    }

    @Test
    void what_the_caller_sent_and_got_is_read_back_byte_for_byte() throws Exception {
        Key key = key(gateway, "whole", ALL);
        String sent = Calls.CHAT.replace("Hello", "H\\u00e9llo – " + MARKER);
        byte[] zipped = gzip("{\"ok\":\"" + MARKER + "\"}");
        stub.answer((request, reply) -> reply.bytes(200, "application/json", zipped, "Content-Encoding", "gzip"));

        gateway.postAs(key.text(), CHAT, sent, "X-Request-Id", "whole-1").join();

        JsonNode capture = awaitCapture(gateway, "whole-1");
        assertThat(capture.at("/request/text").asText()).isEqualTo(sent);
        assertThat(capture.at("/request/content_type").asText()).isEqualTo("application/json");
        assertThat(capture.at("/request/size").asInt()).isEqualTo(sent.getBytes(UTF_8).length);
        assertThat(capture.at("/request/truncated").asBoolean()).isFalse();
        assertThat(capture.at("/answer/text").isNull()).isTrue();
        assertThat(Base64.getDecoder().decode(capture.at("/answer/base64").asText()))
                .isEqualTo(zipped);
        assertThat(capture.at("/answer/content_encoding").asText()).isEqualTo("gzip");
        assertThat(capture.path("key_id").asText()).isEqualTo(key.id());
        assertThat(capture.path("upstream").asText()).isEqualTo("target");
        assertThat(capture.path("model").asText()).isEqualTo("sim-small");
        assertThat(capture.path("status").asInt()).isEqualTo(200);
        assertThat(capture.path("outcome").asText()).isEqualTo("success");
        assertThat(capture.path("ending").asText()).isEqualTo("complete");
        assertThat(capture.toString()).doesNotContain(key.text());
    }

    @Test
    void a_streamed_answer_is_kept_as_it_came() throws Exception {
        Key key = key(gateway, "streamed", ALL);
        stub.answer((request, reply) -> {
            reply.sse().chunk("data: {\"a\":1}\n\n");
            reply.after(Duration.ofMillis(50), () -> {
                reply.chunk("data: {\"b\":\"ü\"}\n\n").chunk("data: [DONE]\n\n");
                reply.end();
            });
        });

        String got = gateway.postAs(key.text(), CHAT, Calls.CHAT_STREAM, "X-Request-Id", "streamed-1")
                .join()
                .body();

        JsonNode capture = awaitCapture(gateway, "streamed-1");
        assertThat(capture.at("/answer/text").asText()).isEqualTo(got).contains("[DONE]");
        assertThat(capture.at("/answer/content_type").asText()).startsWith("text/event-stream");
    }

    @Test
    void what_is_too_long_is_cut_and_says_how_long_it_was() throws Exception {
        Key key = key(gateway, "long", ALL);
        String sent = "{\"a\":\"" + "x".repeat(3 * MOST) + "\"}";
        String answered = "[" + "1,".repeat(MOST) + "1]";
        stub.answer((request, reply) -> reply.json(200, answered));

        gateway.postAs(key.text(), "/long", sent, "X-Request-Id", "long-1").join();

        JsonNode capture = awaitCapture(gateway, "long-1");
        assertThat(capture.at("/request/text").asText()).isEqualTo(sent.substring(0, MOST));
        assertThat(capture.at("/request/size").asInt()).isEqualTo(sent.length());
        assertThat(capture.at("/request/truncated").asBoolean()).isTrue();
        assertThat(capture.at("/answer/text").asText()).isEqualTo(answered.substring(0, MOST));
        assertThat(capture.at("/answer/size").asInt()).isEqualTo(answered.length());
        assertThat(capture.at("/answer/truncated").asBoolean()).isTrue();
    }

    @Test
    void of_errors_alone_no_success_is_kept_but_what_failed_or_was_refused() throws Exception {
        Key key = key(gateway, "errors", ERRORS + ",\"allowed_models\":[\"sim-small\"]");
        gateway.postAs(key.text(), CHAT, Calls.CHAT, "X-Request-Id", "errors-good")
                .join();
        stub.answer((request, reply) -> reply.json(500, "{\"error\":\"" + MARKER + "\"}"));
        gateway.postAs(key.text(), CHAT, Calls.CHAT, "X-Request-Id", "errors-bad")
                .join();
        HttpResponse<String> refused = gateway.postAs(
                        key.text(), CHAT, Calls.CHAT.replace("sim-small", "other"), "X-Request-Id", "errors-refused")
                .join();

        assertThat(awaitCapture(gateway, "errors-bad").at("/answer/text").asText())
                .contains(MARKER);
        JsonNode no = awaitCapture(gateway, "errors-refused");
        assertThat(no.path("outcome").asText()).isEqualTo("refused");
        assertThat(no.at("/answer/text").asText()).isEqualTo(refused.body());
        assertThat(requestIds(key)).containsExactlyInAnyOrder("errors-bad", "errors-refused");
        assertThat(metric(gateway, "mehari_capture_memory_bytes")).isZero();
    }

    @Test
    void a_policy_ends_by_itself_and_a_changed_one_is_in_force_within_a_second() throws Exception {
        Key key = key(gateway, "ending", "");
        gateway.postAs(key.text(), "/a", "{}", "X-Request-Id", "ending-before").join();

        assertThat(edited(key, "{\"capture\":\"all\",\"capture_for\":\"1h\"}")
                        .path("capture_until")
                        .asText())
                .isBetween(
                        Instant.now().plusSeconds(3500).toString(),
                        Instant.now().plusSeconds(3601).toString());
        await().atMost(Duration.ofSeconds(1)).until(() -> {
            gateway.postAs(key.text(), "/b", "{}", "X-Request-Id", "ending-during")
                    .join();
            return requestIds(key).contains("ending-during");
        });
        Key other = key(gateway, "not-ending", ALL);
        database.execute("update api_key set capture_until = now() + interval '1 second' where id = " + key.id());
        AtomicInteger round = new AtomicInteger();
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            String id = "ending-after-" + round.incrementAndGet();
            gateway.postAs(key.text(), "/c", "{}", "X-Request-Id", id).join();
            // Captures are written in order: when this is there, the one before would be.
            gateway.postAs(other.text(), "/c", "{}", "X-Request-Id", "other-" + id)
                    .join();
            await().until(() -> requestIds(other).contains("other-" + id));
            return !requestIds(key).contains(id);
        });

        assertThat(requestIds(key)).doesNotContain("ending-before");
        JsonNode shown =
                JSON.readTree(gateway.admin("GET", "/api/keys/" + key.id(), "").body());
        assertThat(shown.path("capture").asText()).isEqualTo("none");
        assertThat(shown.path("capture_until").isNull()).isTrue();
    }

    @Test
    void a_policy_needs_an_end_of_the_next_thirty_days() throws Exception {
        Key key = key(gateway, "unending", "");
        String path = "/api/keys/" + key.id();

        assertThat(gateway.admin("PATCH", path, "{\"capture\":\"all\"}"))
                .satisfies(refused -> assertThat(refused.statusCode()).isEqualTo(400))
                .satisfies(refused -> assertThat(refused.body()).contains("capture_for"));
        for (String wrong : List.of(
                "\"capture\":\"all\",\"capture_for\":\"31d\"",
                "\"capture\":\"all\",\"capture_until\":\"2026-01-01\"",
                "\"capture\":\"all\",\"capture_until\":\"2999-01-01\"",
                "\"capture\":\"some\",\"capture_for\":\"1h\"",
                "\"capture\":\"none\",\"capture_for\":\"1h\"",
                "\"capture_for\":\"1h\"")) {
            assertThat(gateway.admin("PATCH", path, "{" + wrong + "}").statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        edited(key, "{\"capture\":\"errors\",\"capture_for\":\"2h\"}");
        assertThat(edited(key, "{\"capture\":\"all\"}").path("capture").asText())
                .isEqualTo("all");
        assertThat(gateway.admin("PATCH", path, "{\"capture_until\":null}").statusCode())
                .isEqualTo(400);
        assertThat(edited(key, "{\"capture\":\"none\"}").path("capture_until").isNull())
                .isTrue();
    }

    @Test
    void of_a_client_that_leaves_what_was_sent_to_it_is_kept() throws Exception {
        Key key = key(gateway, "gone", ERRORS);
        stub.answer((request, reply) -> reply.sse().chunk("data: {\"first\":true}\n\n"));
        try (RawClient client = gateway.connect()) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone-1\r\nAuthorization: Bearer "
                    + key.text() + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + Calls.CHAT_STREAM.length() + "\r\n\r\n" + Calls.CHAT_STREAM);
            client.readUntil("first");
        }

        JsonNode capture = awaitCapture(gateway, "gone-1");
        assertThat(capture.path("ending").asText()).isEqualTo("client_gone");
        assertThat(capture.path("outcome").asText()).isEqualTo("cancelled");
        assertThat(capture.at("/answer/text").asText()).isEqualTo("data: {\"first\":true}\n\n");
        assertThat(capture.at("/request/text").asText()).isEqualTo(Calls.CHAT_STREAM);
    }

    @Test
    void of_an_answer_that_breaks_the_error_event_is_kept_too() throws Exception {
        Key key = key(gateway, "broken", ERRORS);
        stub.answer((request, reply) -> {
            reply.sse().chunk("data: {\"first\":true}\n\n");
            reply.after(Duration.ofMillis(50), reply::cut);
        });
        String got;
        try (RawClient client = gateway.connect()) {
            client.post(CHAT, Calls.CHAT_STREAM, "X-Request-Id", "broken-1", "Authorization", "Bearer " + key.text());
            got = client.answer().body();
        }

        JsonNode capture = awaitCapture(gateway, "broken-1");
        assertThat(capture.path("ending").asText()).isEqualTo("broken");
        assertThat(capture.at("/answer/text").asText())
                .isEqualTo(got)
                .startsWith("data: {\"first\":true}\n\n")
                .contains("error");
    }

    @Test
    void nothing_of_it_is_anywhere_in_the_clear() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Key key = key(gateway, "sealed", ALL);
        stub.answer((request, reply) -> reply.json(200, "{\"answer\":\"" + MARKER + "\"}"));
        try (CapturedLog log = CapturedLog.of(lines::add, "dev.mehari")) {
            gateway.postAs(key.text(), CHAT, Calls.CHAT.replace("Hello", MARKER), "X-Request-Id", "sealed-1")
                    .join();
            assertThat(awaitCapture(gateway, "sealed-1").toString()).contains(MARKER);
            assertThat(log.lines()).isPositive();
        }

        String hex = HexFormat.of().formatHex(MARKER.getBytes(UTF_8));
        for (String table : List.of("captured_call", "capture_key", "capture_reading", "audit_event", "api_key")) {
            assertThat(database.query("select t::text from " + table + " t"))
                    .as(table)
                    .noneMatch(row -> row.contains(MARKER) || row.contains(hex) || row.contains(key.text()));
        }
        assertThat(database.number("select length(request_body) from captured_call where request_id = 'sealed-1'"))
                .isGreaterThan(29);
        assertThat(lines).noneMatch(line -> line.contains(MARKER));
        assertThat(gateway.admin("GET", "/q/metrics", "").body()).doesNotContain(MARKER);
        assertThat(gateway.admin("GET", "/api/captured", "").body())
                .contains("sealed-1")
                .doesNotContain(MARKER);
    }

    @Test
    void whoever_opens_or_deletes_is_written_down() throws Exception {
        Key key = key(gateway, "read", ALL);
        for (int i = 1; i <= 3; i++) {
            gateway.postAs(key.text(), "/read", "{}", "X-Request-Id", "read-" + i)
                    .join();
        }
        await().until(() -> requestIds(key).size() == 3);
        List<String> lines = new CopyOnWriteArrayList<>();
        try (CapturedLog log = CapturedLog.of(lines::add, "dev.mehari.admin")) {
            assertThat(capture(gateway, "read-1").statusCode()).isEqualTo(200);
            assertThat(gateway.admin("DELETE", "/api/captured/read-2", "").body())
                    .contains("\"deleted\":1");
            assertThat(capture(gateway, "read-2").statusCode()).isEqualTo(404);
            assertThat(gateway.admin("DELETE", "/api/captured?key=" + key.id(), "")
                            .body())
                    .contains("\"deleted\":2");
            assertThat(gateway.admin("DELETE", "/api/captured", "").statusCode())
                    .isEqualTo(400);
            assertThat(log.lines()).isPositive();
        }

        assertThat(requestIds(key)).isEmpty();
        assertThat(lines).anyMatch(line -> line.contains("read-1") && line.contains("opened by token from 127.0.0"));
        JsonNode readings =
                JSON.readTree(gateway.admin("GET", "/api/capture-readings", "").body());
        assertThat(readings.path("readings"))
                .extracting(reading -> reading.path("act").asText() + " "
                        + reading.path("request_id").asText() + " "
                        + reading.path("key_id").asText() + " "
                        + reading.path("captures").asText() + " "
                        + reading.path("by").asText())
                .containsExactly(
                        "deleted null " + key.id() + " 2 token",
                        "deleted read-2 " + key.id() + " 1 token",
                        "opened read-1 " + key.id() + " 1 token");
    }

    @Test
    void the_captures_of_a_purged_key_are_gone_with_it() throws Exception {
        Key key = key(gateway, "purged", ALL);
        Key other = key(gateway, "kept", ALL);
        for (Key one : List.of(key, other)) {
            gateway.postAs(one.text(), "/p", "{}").join();
            await().until(() -> requestIds(one).size() == 1);
        }

        gateway.admin("DELETE", "/api/keys/" + key.id(), "");
        assertThat(requestIds(key)).hasSize(1);
        gateway.admin("DELETE", "/api/keys/" + key.id() + "/purge", "");

        assertThat(requestIds(key)).isEmpty();
        assertThat(requestIds(other)).hasSize(1);
    }

    @Test
    void with_the_table_out_of_reach_captures_are_dropped_and_counted_and_calls_are_fine() throws Exception {
        Key key = key(gateway, "away", ALL);
        gateway.postAs(key.text(), "/away", "{}").join();
        await().until(() -> requestIds(key).size() == 1);
        double before = metric(gateway, "mehari_capture_dropped_total{reason=\"storage\"}");

        database.execute("alter table captured_call rename to captured_call_away");
        try {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.postAs(key.text(), "/away", "{}").join().statusCode())
                        .isEqualTo(200);
            }
            await().until(() -> metric(gateway, "mehari_capture_dropped_total{reason=\"storage\"}") - before == 5);
        } finally {
            database.execute("alter table captured_call_away rename to captured_call");
        }
        gateway.postAs(key.text(), "/away", "{}", "X-Request-Id", "away-back").join();
        awaitCapture(gateway, "away-back");
        assertThat(requestIds(key)).hasSize(2);
    }

    @Test
    void a_slow_table_holds_no_call_up() throws Exception {
        Key key = key(gateway, "slow", ALL);
        try (Connection locking = DriverManager.getConnection(database.url());
                Statement lock = locking.createStatement()) {
            locking.setAutoCommit(false);
            lock.execute("lock table captured_call in access exclusive mode");
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.postAs(key.text(), "/slow", "{}").join().statusCode())
                        .isEqualTo(200);
            }
            locking.rollback();
        }

        await().until(() -> requestIds(key).size() == 5);
    }

    @Test
    void the_command_line_sets_the_policy_and_shows_and_forgets_bodies() throws Exception {
        Key key = key(gateway, "by-command", "");
        assertThat(mehari("keys", "edit", key.id(), "--capture", "all", "--capture-for", "2h"))
                .contains("all until ");
        assertThat(mehari("keys", "list")).contains("CAPTURE", "all until ");
        stub.answer((request, reply) -> reply.json(200, "{\"got\":\"" + MARKER + "\"}"));
        await().until(() -> {
            gateway.postAs(key.text(), "/cli", "{\"sent\":1}", "X-Request-Id", "cli-1")
                    .join();
            return !requestIds(key).isEmpty();
        });

        assertThat(mehari("audit", "bodies", "--key", key.id())).contains("cli-1", "target");
        assertThat(mehari("audit", "body", "cli-1", "--request")).isEqualTo("{\"sent\":1}");
        assertThat(mehari("audit", "body", "cli-1")).contains(MARKER, "{\"sent\":1}", "(complete)");
        Path file = folder.resolve("body");
        mehari("audit", "body", "cli-1", "--answer", "--out", file.toString());
        assertThat(Files.readString(file)).isEqualTo("{\"got\":\"" + MARKER + "\"}");
        assertThat(mehari("audit", "readings")).contains("opened", "cli-1", "token");
        assertThat(mehari("audit", "forget", "--key", key.id())).contains("are gone");
        assertThat(mehari("audit", "bodies", "--key", key.id())).contains("nothing found");
    }

    private static String mehari(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--admin-url=" + gateway.adminUrl());
        all.add("--data-dir=" + gateway.dataFolder());
        StringWriter out = new StringWriter();
        int code = Mehari.commandLine().setOut(new PrintWriter(out)).execute(all.toArray(String[]::new));
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    private static Key key(TestGateway of, String name, String fields) throws Exception {
        HttpResponse<String> made = of.admin(
                "POST", "/api/keys", "{\"name\":\"" + name + "\"" + (fields.isEmpty() ? "" : "," + fields) + "}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode json = JSON.readTree(made.body());
        return new Key(json.path("id").asText(), json.path("key").asText());
    }

    private static JsonNode edited(Key key, String change) throws Exception {
        HttpResponse<String> answer = gateway.admin("PATCH", "/api/keys/" + key.id(), change);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static List<String> requestIds(Key key) {
        return database.query("select request_id from captured_call where key_id = " + key.id());
    }

    private static byte[] gzip(String text) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
