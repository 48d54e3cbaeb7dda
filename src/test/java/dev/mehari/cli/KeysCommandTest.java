package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class KeysCommandTest {
    private static final Map<String, String> TOKEN = Map.of("MEHARI_ADMIN_TOKEN", "secret");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> seen = new ArrayList<>();
    private HttpServer server;
    private String keys = "";
    private String answer = key(1, "ana", "active");

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    // row 45
    @Test
    void a_new_key_is_sent_with_what_was_said_of_it_and_its_text_is_printed() {
        answer = "{\"id\":\"12\",\"name\":\"ana\",\"key\":\"mh_0123\"}";

        int code = run(
                new KeysCommand.Create().under(TOKEN),
                "--name=ana",
                "--description=d",
                "--tag=a",
                "--tag=b",
                "--owner=o",
                "--concurrency=5",
                "--priority=9",
                "--requests=10/1m",
                "--tokens=1000/1m",
                "--tokens-per-minute=90",
                "--budget-daily=5.00",
                "--budget-weekly=6",
                "--budget-total=7",
                "--models=a,b*",
                "--clients=c",
                "--upstreams=openai",
                "--expires=2027-01-31",
                "--queue-size=1",
                "--queue-timeout=2s");

        assertThat(code).isZero();
        assertThat(seen)
                .containsExactly("POST /api/keys {\"name\":\"ana\",\"description\":\"d\",\"tags\":[\"a\",\"b\"],"
                        + "\"owner\":\"o\",\"priority\":9,\"allowed_models\":[\"a\",\"b*\"],\"allowed_clients\":[\"c\"],"
                        + "\"allowed_upstreams\":[\"openai\"],\"expires_at\":\"2027-01-31\",\"limits\":{\"concurrency\":5,"
                        + "\"requests\":\"10/1m\",\"tokens\":\"1000/1m\",\"tokens_per_minute\":90,"
                        + "\"budget_daily\":\"5.00\",\"budget_weekly\":\"6\",\"budget_total\":\"7\","
                        + "\"queue\":{\"size\":1,\"timeout\":\"2s\"}}}");
        assertThat(out.toString()).contains("12 (ana)").contains("API key: mh_0123\n");
    }

    @Test
    void what_is_to_be_nothing_again_is_sent_so() {
        keys = key(1, "ana", "active");

        run(new KeysCommand.Edit().under(TOKEN), "ana", "--models=", "--expires=never", "--concurrency=0");

        assertThat(seen)
                .endsWith(
                        "PATCH /api/keys/1 {\"allowed_models\":[],\"expires_at\":null,\"limits\":{\"concurrency\":0}}");
    }

    @Test
    void keys_are_printed_in_columns() {
        keys = key(1, "ana", "active") + "," + key(12, "a longer name", "disabled");

        run(new KeysCommand.List().under(TOKEN));

        assertThat(out.toString().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.substring(4)).matches("(NAME|ana|a longer name) .*"))
                .last()
                .asString()
                .contains("5 at once, 10/1m requests")
                .contains("30d after its first use");
    }

    @Test
    void a_key_is_named_by_its_id_or_its_name() {
        keys = key(1, "ana", "active") + "," + key(2, "bo", "active");

        run(new KeysCommand.Disable().under(TOKEN), "bo");
        run(new KeysCommand.Enable().under(TOKEN), "1");

        assertThat(seen).contains("PATCH /api/keys/2 {\"enabled\":false}", "PATCH /api/keys/1 {\"enabled\":true}");
    }

    // row 49
    @Test
    void a_name_means_the_key_that_the_command_can_do_something_with() {
        keys = key(1, "ana", "deleted") + "," + key(2, "ana", "active");

        run(new KeysCommand.Delete().under(TOKEN), "ana");
        run(new KeysCommand.Purge().under(TOKEN), "ana");
        run(new KeysCommand.Restore().under(TOKEN), "ana");

        assertThat(seen).contains("DELETE /api/keys/2 ", "DELETE /api/keys/1/purge ", "POST /api/keys/1/restore ");
    }

    @Test
    void a_name_that_means_several_or_none_is_wrong_use_and_changes_nothing() {
        keys = key(7, "12", "active") + "," + key(12, "ana", "active");

        assertThat(run(new KeysCommand.Delete().under(TOKEN), "12")).isEqualTo(2);
        assertThat(err.toString()).contains("7, 12");
        assertThat(run(new KeysCommand.Delete().under(TOKEN), "bo")).isEqualTo(2);
        assertThat(run(new KeysCommand.Edit().under(TOKEN), "ana")).isEqualTo(2);
        assertThat(run(new KeysCommand.Create().under(TOKEN))).isEqualTo(2);
        assertThat(seen).allMatch(request -> request.startsWith("GET "));
    }

    private int run(AdminCommand command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--admin-url=http://127.0.0.1:" + server.getAddress().getPort());
        return new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            String json = exchange.getRequestURI().getPath().equals("/api/keys")
                            && exchange.getRequestMethod().equals("GET")
                    ? "{\"keys\":[" + keys + "]}"
                    : answer;
            byte[] bytes = json.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String key(int id, String name, String state) {
        return "{\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"prefix\":\"mh_abc\",\"state\":\"" + state
                + "\",\"priority\":5,\"owner\":\"\",\"expires_at\":null,\"expires_after\":\"30d\","
                + "\"limits\":{\"concurrency\":5,\"requests\":\"10/1m\",\"tokens\":null,\"queue\":null}}";
    }
}
