package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MonitorCommandTest {
    private static final String ANSWER = "{\"instance\":\"gw-1:8080\",\"status\":\"healthy\","
            + "\"metrics\":{\"active_requests\":85,\"max_concurrent\":100}}";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                seen.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                byte[] bytes = ANSWER.getBytes(UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    // row 40
    @Test
    void prints_one_screen_and_ends() {
        assertThat(run("--once")).isZero();

        assertThat(out.toString())
                .startsWith("mehari  gw-1:8080  healthy\n")
                .containsPattern("concurrency 85 / 100  85\\.0 % .* WARN")
                .doesNotContain("\u001b");
        assertThat(seen).containsExactly("/api/monitor Bearer secret");
    }

    @Test
    void prints_one_json_document_and_ends() throws Exception {
        assertThat(run("--once", "--json")).isZero();

        assertThat(new ObjectMapper().readTree(out.toString())).isEqualTo(new ObjectMapper().readTree(ANSWER));
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void ends_at_once_when_there_is_no_gateway() {
        server.stop(0);

        assertThat(run()).isEqualTo(1);
        assertThat(err.toString()).contains("mehari run").contains("--admin-url");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void ends_at_once_when_the_token_is_wrong() {
        status = 401;

        assertThat(run("--json")).isEqualTo(2);
        assertThat(err.toString()).contains("admin token");
        assertThat(out.toString()).startsWith("{\"error\":");
    }

    private int run(String... arguments) {
        String url = "--admin-url=http://127.0.0.1:" + server.getAddress().getPort();
        return new CommandLine(new MonitorCommand().under(Map.of("MEHARI_ADMIN_TOKEN", "secret", "LANG", "C")))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of(arguments), Stream.of(url)).toArray(String[]::new));
    }
}
