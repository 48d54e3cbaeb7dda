package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mehari.storage.ServerPort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AdminCommandsTest {
    private static final String STATS =
            "{\"status\":\"healthy\",\"metrics\":{\"active_requests\":3,\"max_concurrent\":5,"
                    + "\"queued_requests\":2,\"total_requests\":200,\"rejected_requests\":13,\"current_rps\":19.75}}";

    @TempDir
    Path dataDir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> seen = new ArrayList<>();
    private HttpServer server;
    private String answer = "{}";
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
        Files.writeString(dataDir.resolve("admin-token"), "secret\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void prints_what_the_gateway_is_doing() {
        // row 39
        answer = STATS;

        int code = run(new StatsCommand().under(Map.of()));

        assertThat(code).isZero();
        assertThat(out.toString())
                .containsPattern("current +3 / 5\n")
                .containsPattern("queued +2\n")
                .containsPattern("total +200\n")
                .containsPattern("rejected +13 \\(6\\.5 %\\)\n")
                .containsPattern("RPS +19\\.75\n");
        assertThat(seen).containsExactly("GET /api/stats Bearer secret ");
    }

    @Test
    void shows_and_changes_circuit_breakers() {
        String breaker =
                "{\"upstream\":\"openai\",\"state\":\"open\",\"retry_after_ms\":1500,\"calls\":5,\"failures\":5,"
                        + "\"slow_calls\":0,\"not_permitted\":7,\"failure_rate\":100.0}";
        answer = "{\"breakers\":[" + breaker + "]}";
        assertThat(run(new BreakersCommand.List().under(Map.of()))).isZero();
        answer = breaker;
        assertThat(run(new BreakersCommand.Open().under(Map.of()), "openai")).isZero();
        assertThat(run(new BreakersCommand.Close().under(Map.of()), "a/b")).isZero();
        assertThat(run(new BreakersCommand.Reset().under(Map.of()), "openai")).isZero();

        assertThat(out.toString().lines().distinct().toList())
                .hasSize(1)
                .first()
                .asString()
                .matches("openai +open +5 of 5 calls failed, 7 turned away, tried again in 1\\.5 s");
        assertThat(seen)
                .containsExactly(
                        "GET /api/breakers Bearer secret ",
                        "POST /api/breakers/openai/open Bearer secret ",
                        "POST /api/breakers/a%2Fb/close Bearer secret ",
                        "POST /api/breakers/openai/reset Bearer secret ");
    }

    // row 40
    @Test
    void shows_alerts_that_are_raised_and_those_that_were() {
        String alert = "\"at\":\"2026-01-31T12:00:00Z\",\"instance\":\"gw1\",\"name\":\"queue\",\"level\":\"critical\","
                + "\"value\":63.0,\"above\":50,\"unit\":\"requests\",\"text\":\"the queue is long\",";
        answer = "{\"instance\":\"gw1\",\"levels\":[],\"raised\":[{" + alert + "\"state\":\"raised\"}],\"history\":[{"
                + alert + "\"state\":\"raised\"}]}";

        assertThat(run(new AlertsCommand().under(Map.of()), "--limit", "5")).isZero();

        assertThat(out.toString())
                .contains("critical since 2026-01-31T12:00:00Z: queue was 63.0 requests, above 50\n")
                .containsPattern("2026-01-31T12:00:00Z +gw1 +critical +queue +raised +63.0 requests +50\n");
        assertThat(seen).containsExactly("GET /api/alerts?limit=5 Bearer secret ");
    }

    // row 40
    @Test
    void says_with_the_state_which_alerts_are_raised() {
        answer = STATS.replaceFirst("\\{", "{\"alerts\":[{\"text\":\"the queue is long\"}],");

        run(new StatsCommand().under(Map.of()));

        assertThat(out.toString()).containsPattern("ALERT +the queue is long\n");
    }

    @Test
    void prints_one_json_document_when_asked_to() throws Exception {
        answer = STATS;

        run(new StatsCommand().under(Map.of()), "--json");

        assertThat(new ObjectMapper().readTree(out.toString())).isEqualTo(new ObjectMapper().readTree(STATS));
    }

    @Test
    void takes_the_token_from_the_environment_first() {
        answer = STATS;

        run(new StatsCommand().under(Map.of("MEHARI_ADMIN_TOKEN", "other")));

        assertThat(seen).containsExactly("GET /api/stats Bearer other ");
    }

    @Test
    void asks_the_gateway_that_the_environment_names_unless_the_option_does() {
        answer = STATS;
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Map<String, String> environment = Map.of("MEHARI_ADMIN_URL", url, "MEHARI_ADMIN_TOKEN", "other");

        int code = execute(new StatsCommand().under(environment));

        assertThat(code).as(err.toString()).isZero();
        assertThat(seen).containsExactly("GET /api/stats Bearer other ");
        assertThat(run(new StatsCommand().under(Map.of("MEHARI_ADMIN_URL", "http://127.0.0.1:1"))))
                .isZero();
        assertThat(AdminOptions.gateway(null, Map.of("MEHARI_ADMIN_URL", " "))).hasToString("http://127.0.0.1:9090");
        assertThatThrownBy(() -> AdminOptions.gateway(null, Map.of("MEHARI_ADMIN_URL", "localhost:9090")))
                .hasMessage("MEHARI_ADMIN_URL needs a URL such as http://127.0.0.1:9090.");
    }

    @Test
    void takes_the_token_from_a_file_that_the_environment_names() throws Exception {
        answer = STATS;
        Path file = Files.writeString(dataDir.resolve("elsewhere"), "other\n");

        run(new StatsCommand().under(Map.of("MEHARI_ADMIN_TOKEN_FILE", file.toString())));
        int code = run(new StatsCommand().under(Map.of("MEHARI_ADMIN_TOKEN_FILE", dataDir + "/absent")));

        assertThat(seen).containsExactly("GET /api/stats Bearer other ");
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("MEHARI_ADMIN_TOKEN_FILE");
    }

    @Test
    void gets_a_setting() {
        // row 41
        answer = "{\"key\":\"proxy.max_concurrent\",\"value\":\"100\"}";

        int code = run(new ConfigCommand.Get().under(Map.of()), "proxy.max_concurrent");

        assertThat(code).isZero();
        assertThat(out).hasToString("100\n");
        assertThat(seen).containsExactly("GET /api/settings/proxy.max_concurrent Bearer secret ");
    }

    @Test
    void sets_a_setting() {
        // row 41
        answer = "{\"key\":\"proxy.max_concurrent\",\"value\":\"5\"}";

        int code = run(new ConfigCommand.Set().under(Map.of()), "proxy.max_concurrent", "5");

        assertThat(code).isZero();
        assertThat(out).hasToString("proxy.max_concurrent = 5\n");
        assertThat(seen).containsExactly("PUT /api/settings/proxy.max_concurrent Bearer secret {\"value\":\"5\"}");
    }

    @Test
    void lists_settings() {
        // row 41
        answer =
                "{\"settings\":[{\"key\":\"proxy.max_queue\",\"value\":\"9\",\"default\":\"200\",\"description\":\"W.\"}]}";

        run(new ConfigCommand.List().under(Map.of()));

        assertThat(out.toString()).containsPattern("proxy\\.max_queue +9 +W\\. \\(default 200\\)");
    }

    @Test
    void says_why_a_setting_was_not_changed() {
        // row 41
        status = 404;
        answer = "{\"error\":{\"code\":\"unknown_setting\",\"message\":\"Did you mean proxy.max_queue?\"}}";

        int code = run(new ConfigCommand.Set().under(Map.of()), "proxy.max_quue", "5");

        assertThat(code).isEqualTo(2);
        assertThat(err).hasToString("mehari: Did you mean proxy.max_queue?\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void lists_keys_with_their_calls_under_way() {
        // row 21
        answer = "{\"keys\":[{\"key_id\":\"12\",\"active\":2}],\"leases\":[{\"id\":\"7\",\"key_id\":\"12\",\"owner\":3,"
                + "\"granted_at\":\"2026-11-21T00:00:00Z\",\"expires_at\":\"2026-11-21T00:00:30Z\",\"calls\":2}]}";

        run(new LeasesCommand.List().under(Map.of()), "--key=12");

        assertThat(out.toString())
                .contains("key 12: 2 under way\n")
                .containsPattern("lease 7 +key 12 +instance 3 +calls 2 +since 2026-11-21T00:00:00Z");
        assertThat(seen).containsExactly("GET /api/leases?key=12 Bearer secret ");
    }

    @Test
    void returns_the_leases_of_a_key_or_one() {
        // row 21
        answer = "{\"returned\":2}";

        run(new LeasesCommand.Return().under(Map.of()), "--key=12");
        run(new LeasesCommand.Return().under(Map.of()), "--lease=7");

        assertThat(out).hasToString("returned 2\nreturned 2\n");
        assertThat(seen)
                .containsExactly("DELETE /api/keys/12/leases Bearer secret ", "DELETE /api/leases/7 Bearer secret ");
        assertThat(run(new LeasesCommand.Return().under(Map.of()))).isEqualTo(2);
    }

    @Test
    void shows_the_queues() {
        // row 20
        answer =
                "{\"admission\":{\"waiting\":0,\"entered\":9},\"keys\":[{\"key_id\":\"12\",\"waiting\":1,\"entered\":4,"
                        + "\"success\":1,\"timeout\":1,\"cancelled\":1,\"rejected\":2,\"p50_ms\":10,\"p90_ms\":20,\"p99_ms\":30}]}";

        run(new QueueCommand().under(Map.of()));

        assertThat(out.toString()).containsPattern("key 12 +1 +4 +1 +1 +1 +2 +10 +20 +30\n");
    }

    @Test
    void sets_the_password_from_standard_input() {
        answer = "{\"changed\":true}";
        var in = new ByteArrayInputStream("correct horse b\u00e4ttery\nmore\n".getBytes(UTF_8));

        assertThat(run(new PasswordCommand(Map.of(), in, null))).isZero();

        assertThat(seen)
                .containsExactly("PUT /api/password Bearer secret {\"password\":\"correct horse b\u00e4ttery\"}");
        assertThat(out.toString() + err).doesNotContain("horse");
    }

    @Test
    void sets_no_empty_password() {
        var in = new ByteArrayInputStream(new byte[0]);

        assertThat(run(new PasswordCommand(Map.of(), in, null))).isEqualTo(2);
        assertThat(seen).isEmpty();
    }

    @Test
    void names_the_field_that_is_wrong() {
        status = 400;
        answer = "{\"error\":{\"code\":\"invalid_value\",\"message\":\"Must be from 0 to 9\",\"field\":\"priority\"}}";

        run(new ConfigCommand.Set().under(Map.of()), "proxy.max_queue", "5");

        assertThat(err).hasToString("mehari: priority: Must be from 0 to 9\n");
    }

    @Test
    void posts_patches_and_deletes() throws Exception {
        var client = new AdminClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "secret");
        var body = new ObjectMapper().createObjectNode().put("a", 1);
        answer = "{\"done\":true}";

        assertThat(client.post("/api/things", body).path("done").asBoolean()).isTrue();
        client.post("/api/things/1/restore", null);
        client.patch("/api/things/1", body);
        client.delete("/api/things/1");

        assertThat(seen)
                .containsExactly(
                        "POST /api/things Bearer secret {\"a\":1}",
                        "POST /api/things/1/restore Bearer secret ",
                        "PATCH /api/things/1 Bearer secret {\"a\":1}",
                        "DELETE /api/things/1 Bearer secret ");
    }

    @Test
    void exits_with_1_when_the_gateway_cannot_do_it_now() {
        status = 503;
        answer = "{\"error\":{\"message\":\"The database is away.\"}}";

        assertThat(run(new ConfigCommand.List().under(Map.of()), "--json")).isEqualTo(1);
        assertThat(out).hasToString("{\"error\":\"The database is away.\"}\n");
    }

    @Test
    void says_that_the_token_is_wrong() {
        status = 401;

        assertThat(run(new StatsCommand().under(Map.of()))).isEqualTo(2);
        assertThat(err.toString())
                .contains("admin token")
                .contains("--data-dir")
                .doesNotContain("secret");
    }

    @Test
    void refuses_ids_and_filters_that_are_empty_or_no_part_of_a_path() {
        for (String id : List.of("", " ", ".", "..")) {
            assertThat(run(new AuditBodyCommand().under(Map.of()), id)).isEqualTo(2);
            assertThat(run(new AuditForgetCommand().under(Map.of()), id)).isEqualTo(2);
            assertThat(run(new BreakersCommand.Open().under(Map.of()), id)).isEqualTo(2);
        }
        assertThat(run(new AuditForgetCommand().under(Map.of()), "--key=")).isEqualTo(2);
        assertThat(run(new AuditBodiesCommand().under(Map.of()), "--request=")).isEqualTo(2);
        assertThat(seen).isEmpty();
        assertThat(err.toString().lines().distinct())
                .containsExactly(
                        "mehari: An id or a name is needed, and the one given is empty.",
                        "mehari: There is nothing with the id or name .: say another.",
                        "mehari: There is nothing with the id or name ..: say another.",
                        "mehari: --key is empty: give it a value, or leave it out.",
                        "mehari: --request is empty: give it a value, or leave it out.");
    }

    @Test
    void says_that_there_is_no_token() throws Exception {
        Files.delete(dataDir.resolve("admin-token"));

        assertThat(run(new StatsCommand().under(Map.of()))).isEqualTo(2);
        assertThat(err.toString()).contains("MEHARI_ADMIN_TOKEN");
        assertThat(seen).isEmpty();
    }

    @Test
    void says_that_no_gateway_runs() throws Exception {
        int free = ServerPort.free(new SecureRandom());

        int code = execute(new StatsCommand().under(Map.of()), "--admin-url", "http://127.0.0.1:" + free);

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("mehari run").contains("--admin-url");
    }

    @Test
    void says_that_something_else_answers() {
        answer = "<html>";

        assertThat(run(new StatsCommand().under(Map.of()))).isEqualTo(2);
        assertThat(err.toString()).contains("not the admin port");
    }

    @Test
    void wants_to_know_what_to_do_with_the_configuration() {
        assertThat(new CommandLine(new ConfigCommand())
                        .setErr(new PrintWriter(err))
                        .execute())
                .isEqualTo(2);
        assertThat(err.toString()).contains("get, set or list");
    }

    private int run(AdminCommand command, String... arguments) {
        var all = new ArrayList<String>(List.of(arguments));
        all.add("--admin-url=http://127.0.0.1:" + server.getAddress().getPort());
        return execute(command, all.toArray(String[]::new));
    }

    private int execute(AdminCommand command, String... arguments) {
        var all = new ArrayList<String>(List.of(arguments));
        all.add("--data-dir=" + dataDir);
        return new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
            byte[] bytes = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
