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
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What calls have used, through the real routes, down to the rows in the database. */
class UsageIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";
    private static final String ASK_STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
    private static final String CHAT_ANSWER =
            "{\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":500,\"completion_tokens\":100,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":200},"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":30}}}";
    private static final String CHAT_EVENTS =
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}],\"usage\":null}\n\n"
                    + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":50,\"completion_tokens\":10,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":20}}}\n\ndata: [DONE]\n\n";
    private static final String MESSAGE_START =
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"c\",\"usage\":"
                    + "{\"input_tokens\":7,\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":40,\"output_tokens\":1}}}\n\n";
    private static final String MESSAGE_EVENTS = MESSAGE_START
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":9}}\n\n"
            + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private static TestDatabase database;

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
        database.execute("truncate usage_by_day, model_price");
    }

    // row 53
    @Test
    void sums_up_every_call_once_by_key_model_and_day() throws Exception {
        database.execute("insert into model_price values ('m', 2.5, 1.25, 3, 10), ('c*', 3, 0.3, 3.75, 15)");
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.start.warm-up", "200ms")) {
            String other = gateway.newKey("other", 5);
            List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                sent.add(gateway.post(CHAT, ASK));
                sent.add(gateway.post(CHAT, ASK_STREAM));
                sent.add(gateway.postAs(other, CHAT, ASK));
                sent.add(gateway.post("/v1/messages", "{\"model\":\"c-1\",\"stream\":true,\"max_tokens\":9}"));
            }
            assertThat(sent)
                    .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
            awaitCalls(160);

            String day = LocalDate.ofInstant(Clock.systemUTC().instant(), ZoneOffset.UTC)
                    .toString();
            // 300 * 2500 + 200 * 1250 + 100 * 10000 = 2,000,000; stream: 30 * 2500 + 20 * 1250 + 10 * 10000 = 200,000
            // 7 * 3000 + 40 * 300 + 30 * 3750 + 9 * 15000 = 280,500 nano-dollars
            assertThat(rows())
                    .containsExactlyInAnyOrder(
                            id(gateway.key()) + " m " + day + " 80 0 13200 8800 0 4400 1200 88000000",
                            id(other) + " m " + day + " 40 0 12000 8000 0 4000 1200 80000000",
                            id(gateway.key()) + " c-1 " + day + " 40 0 280 1600 1200 360 0 11220000");
        }
    }

    // row 53
    @Test
    void counts_what_the_simulated_upstream_says_it_used() throws Exception {
        try (TestGateway gateway = TestGateway.simulated(database)) {
            long input = 0;
            long output = 0;
            String chat = "{\"model\":\"sim-small\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";
            String message =
                    "{\"model\":\"sim-small\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";
            JsonNode whole =
                    JSON.readTree(gateway.post(CHAT, chat).join().body()).path("usage");
            JsonNode other = JSON.readTree(
                            gateway.post("/v1/messages", message).join().body())
                    .path("usage");
            for (int i = 0; i < 5; i++) {
                String events = gateway.post(
                                CHAT,
                                chat.replace(
                                        "{\"model\"",
                                        "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\""))
                        .join()
                        .body();
                gateway.post("/v1/responses", "{\"model\":\"sim-small\",\"stream\":true,\"input\":\"Hello you\"}")
                        .join();
                gateway.post("/v1/messages", message.replace("{\"model\"", "{\"stream\":true,\"model\""))
                        .join();
                JsonNode told = JSON.readTree(events.lines()
                                .filter(line -> line.contains("\"usage\":{"))
                                .findFirst()
                                .orElseThrow()
                                .substring(5))
                        .path("usage");
                input += told.path("prompt_tokens").asLong();
                output += told.path("completion_tokens").asLong();
            }
            gateway.post("/v1/embeddings", "{\"model\":\"sim-embed\",\"input\":\"Hello you\"}")
                    .join();
            gateway.post("/v1/messages/count_tokens", message).join();
            gateway.get("/v1/models").join();
            awaitCalls(18);

            assertThat(rows()).hasSize(2).noneMatch(row -> row.contains("count"));
            assertThat(number("select sum(estimated_calls) from usage_by_day")).isZero();
            assertThat(number("select input_tokens from usage_by_day where model = 'sim-small'"))
                    .isEqualTo(2 * input
                            + 5 * other.path("input_tokens").asLong()
                            + whole.path("prompt_tokens").asLong()
                            + other.path("input_tokens").asLong());
            assertThat(number("select output_tokens from usage_by_day where model = 'sim-small'"))
                    .isGreaterThan(output);
        }
    }

    // row 3: what the window is charged with
    @Test
    void adds_600_tokens_a_call_up_to_1200() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database)) {
            gateway.post(CHAT, ASK).join();
            gateway.post(CHAT, ASK).join();
            awaitCalls(2);

            assertThat(number("select input_tokens + cached_tokens + output_tokens from usage_by_day"))
                    .isEqualTo(1200);
        }
    }

    @Test
    void estimates_a_stream_whose_client_left() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.raw(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + chunk(MESSAGE_START)
                                        + chunk(
                                                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello you\"}}\n\n")));
                TestGateway gateway = TestGateway.to(stub, database);
                RawClient client = gateway.connect()) {
            String body = "{\"model\":\"c\",\"stream\":true}";
            client.send("POST /v1/messages HTTP/1.1\r\nHost: h\r\nx-api-key: " + gateway.key()
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            client.readUntil("Hello you");
            client.kill();
            awaitCalls(1);

            // 1 told, and 9 bytes of text make 3
            assertThat(rows().get(0)).endsWith(" 1 1 7 40 30 4 0 0");
        }
    }

    @Test
    void counts_of_answers_that_are_errors_those_that_tell_usage() throws Exception {
        String error = "{\"error\":{\"message\":\"no\"}}";
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    String told = request.text().contains("told") ? CHAT_ANSWER : error;
                    reply.json(request.text().contains("400") ? 400 : 500, told);
                });
                TestGateway gateway = TestGateway.to(stub, database)) {
            for (String model : List.of("400", "500", "400-told", "500-told")) {
                gateway.post(CHAT, "{\"model\":\"" + model + "\"}").join();
            }
            stub.answer(UsageIT::answer);
            gateway.post(CHAT, ASK).join();
            awaitCalls(3);

            assertThat(query("select concat_ws(' ', model, calls, estimated_calls, output_tokens) from usage_by_day"))
                    .containsExactlyInAnyOrder("400-told 1 0 100", "500-told 1 0 100", "m 1 0 100");
        }
    }

    @Test
    void is_exact_though_connections_are_cut_in_the_middle_of_writing() throws Exception {
        int calls = 1500;
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.max-queue", "10000")) {
            // Each write takes a while, so that most cuts come before its end.
            database.execute("create function linger() returns trigger language plpgsql as"
                    + " $$ begin perform pg_sleep(0.03); return null; end $$;"
                    + " create trigger linger after insert on usage_by_day execute function linger()");
            CompletableFuture<Void> cutting = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 40; i++) {
                    database.execute(
                            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                                    + " and query like '%usage_batch%'; select pg_sleep(0.05)");
                }
            });
            for (int sent = 0; sent < calls || !cutting.isDone(); sent += 50) {
                int first = sent;
                IntStream.range(first, first + 50)
                        .mapToObj(i -> gateway.post(CHAT, "{\"model\":\"m-" + i % 7 + "\"}"))
                        .toList()
                        .forEach(
                                answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
            }
            cutting.join();
            long made = stub.requests().size();
            awaitCalls(made);
            database.execute("drop function linger cascade");

            assertThat(number("select sum(calls) from usage_by_day")).isEqualTo(made);
            assertThat(number("select sum(output_tokens) from usage_by_day")).isEqualTo(100 * made);
        }
    }

    @Test
    void writes_what_is_left_when_it_stops() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer)) {
            try (TestGateway gateway = TestGateway.to(stub, database)) {
                gateway.post(CHAT, ASK).join();
            }
            assertThat(number("select sum(calls) from usage_by_day")).isEqualTo(1);
        }
    }

    @Test
    void shows_usage_and_prices_to_operators() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(mehari(gateway, "prices", "set", "meta/m*", "--input", "2", "--output", "8.5"))
                    .contains("2.00", "8.50");
            assertThat(mehari(
                            gateway,
                            "prices",
                            "set",
                            "m",
                            "--input",
                            "2.5",
                            "--output",
                            "10",
                            "--cached-input",
                            "1.25"))
                    .contains("1.25");
            assertThat(mehari(gateway, "prices", "list")).contains("meta/m*", "m ");
            assertThat(mehari(gateway, "prices", "delete", "meta/m*")).contains("has no price");
            gateway.post(CHAT, ASK).join();
            awaitCalls(1);

            assertThat(mehari(gateway, "usage", "--model", "m", "--key", Long.toString(id(gateway.key()))))
                    .containsPattern("m +1 +0 +300 +200 +0 +100 +30 +0\\.002\n?");
            assertThat(mehari(gateway, "usage", "--model", "none")).doesNotContain("0.002");
            assertThat(JSON.readTree(gateway.admin("GET", "/api/usage?from=2020-01-01", "")
                                    .body())
                            .path("usage"))
                    .hasSize(1);
            assertThat(JSON.readTree(gateway.admin("GET", "/api/prices", "").body())
                            .at("/prices/0")
                            .toString())
                    .isEqualTo(
                            "{\"model\":\"m\",\"input\":\"2.50\",\"cached_input\":\"1.25\",\"cache_write\":\"2.50\",\"output\":\"10.00\"}");
        }
    }

    // row 53
    @Test
    void shows_usage_by_upstream_and_credential_and_as_csv() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.simulated(database)) {
            PooledCalls.clear(database);
            gateway.pool().upstream("pooled", "openai", stub.port());
            String credential = gateway.pool().apiKey("pooled", "a", "sk-a");
            String today = LocalDate.ofInstant(Clock.systemUTC().instant(), ZoneOffset.UTC)
                    .toString();
            gateway.post(CHAT, ASK.replace("\"m\"", "\"=m\"")).join();
            gateway.post(CHAT, ASK).join();
            awaitCalls(2);

            assertThat(JSON.readTree(gateway.admin("GET", "/api/usage?by=upstream,credential", "")
                                    .body())
                            .toString())
                    .isEqualTo(
                            "{\"usage\":[{\"upstream\":\"pooled\",\"credential_id\":\"" + credential
                                    + "\",\"calls\":2,\"estimated_calls\":0,\"input_tokens\":600,\"cached_tokens\":400,"
                                    + "\"cache_write_tokens\":0,\"output_tokens\":200,\"reasoning_tokens\":60,\"cost\":\"0.00\"}]}");
            String csv = "model,upstream,credential_id,day,calls,estimated_calls,input_tokens,cached_tokens,"
                    + "cache_write_tokens,output_tokens,reasoning_tokens,cost\r\n'=m,pooled," + credential + "," + today
                    + ",1,0,300,200,0,100,30,0.00\r\nm,pooled," + credential + "," + today
                    + ",1,0,300,200,0,100,30,0.00\r\n";
            HttpResponse<String> file =
                    gateway.admin("GET", "/api/usage?format=csv&by=model,upstream,credential,day", "");
            assertThat(file.body()).isEqualTo(csv);
            assertThat(file.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8; header=present");
            assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
                    .endsWith("-" + today + ".csv\"");
            assertThat(mehari(gateway, "usage", "--csv", "--by", "model,upstream,credential,day"))
                    .isEqualTo(csv);
            assertThat(mehari(gateway, "usage", "--upstream", "pooled", "--credential", credential, "--by", "upstream"))
                    .contains("upstream  calls", "pooled    2 ");
            assertThat(mehari(gateway, "usage", "--credential", "0")).contains("nothing used");
            assertThat(mehari(gateway, "usage", "--by", "none")).doesNotContain("upstream");
            PooledCalls.clear(database);
        }
    }

    @Test
    void names_the_field_that_is_wrong_and_changes_nothing() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertField(gateway, "GET", "/api/usage?key=x", "", "key");
            assertField(gateway, "GET", "/api/usage?from=yesterday", "", "from");
            assertField(gateway, "GET", "/api/usage?from=2026-02-01&to=2026-01-01", "", "from");
            assertField(gateway, "GET", "/api/usage?kee=1", "", "kee");
            assertField(gateway, "GET", "/api/usage?credential=x", "", "credential");
            assertField(gateway, "GET", "/api/usage?by=key,hour", "", "by");
            assertField(gateway, "GET", "/api/usage?by=none,key", "", "by");
            assertField(gateway, "GET", "/api/usage?format=xml", "", "format");
            assertField(gateway, "PUT", "/api/prices/m", "{\"input\":\"1\"}", "output");
            assertField(gateway, "PUT", "/api/prices/m", "{\"input\":\"-1\",\"output\":1}", "input");
            assertField(gateway, "PUT", "/api/prices/m", "{\"input\":\"1\",\"output\":1e99}", "output");
            assertField(gateway, "PUT", "/api/prices/m", "{\"input\":1,\"output\":1,\"outptu\":1}", "outptu");
            assertField(gateway, "PUT", "/api/prices/m", "{\"input\":1", "body");
            assertField(gateway, "PUT", "/api/prices/" + "m".repeat(101), "{\"input\":1,\"output\":1}", "model");
            assertField(gateway, "PUT", "/api/prices/a%20b", "{\"input\":1,\"output\":1}", "model");
            assertThat(gateway.admin("DELETE", "/api/prices/none", "").statusCode())
                    .isEqualTo(404);
            assertThat(number("select count(*) from model_price")).isZero();
        }
    }

    private static void assertField(TestGateway gateway, String method, String path, String body, String field)
            throws Exception {
        HttpResponse<String> answer = gateway.admin(method, path, body);
        assertThat(answer.statusCode()).as(path + body).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/field").asText()).isEqualTo(field);
    }

    @Test
    void a_price_changed_by_sql_is_in_force_within_a_second() throws Exception {
        try (StubUpstream stub = StubUpstream.answering(UsageIT::answer);
                TestGateway gateway = TestGateway.to(stub, database)) {
            database.execute("insert into model_price values ('m', 1, 1, 1, 1)");

            await().atMost(Duration.ofSeconds(3)).until(() -> {
                gateway.post(CHAT, ASK).join();
                return number("select coalesce(sum(cost), 0) from usage_by_day") > 0;
            });
        }
    }

    private static void answer(StubUpstream.Request request, StubUpstream.Reply reply) {
        boolean stream = request.text().contains("\"stream\":true");
        if (!stream) {
            reply.json(200, CHAT_ANSWER);
        } else {
            String events = request.uri().startsWith("/v1/messages") ? MESSAGE_EVENTS : CHAT_EVENTS;
            reply.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk(events.substring(0, 40))
                            + chunk(events.substring(40))
                            + "0\r\n\r\n")
                    .done();
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private static String mehari(TestGateway gateway, String... arguments) throws Exception {
        StringWriter out = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--admin-url",
                gateway.adminUrl(),
                "--data-dir",
                gateway.dataFolder().toString()));
        int code = Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(all.toArray(String[]::new));
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    private static void awaitCalls(long calls) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> number("select coalesce(sum(calls), 0) from usage_by_day") >= calls);
    }

    private static long id(String key) {
        return number("select id from api_key where key_hash = encode(sha256('" + key + "'), 'hex')");
    }

    private static long number(String sql) {
        return Long.parseLong(query(sql).get(0));
    }

    private static List<String> rows() {
        return query("select concat_ws(' ', key_id, model, day, calls, estimated_calls, input_tokens, cached_tokens,"
                + " cache_write_tokens, output_tokens, reasoning_tokens, cost) from usage_by_day");
    }

    private static List<String> query(String sql) {
        try (Connection connection = DriverManager.getConnection(database.url());
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
