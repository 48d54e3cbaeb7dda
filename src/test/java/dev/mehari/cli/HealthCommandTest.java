package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthCommandTest {
    private final AtomicReference<String> asked = new AtomicReference<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private volatile int status = 200;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.set(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = "{\"status\":\"DOWN\"}".getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void exits_with_0_when_the_gateway_is_ready() {
        assertThat(health("--admin-url", url())).isZero();
        assertThat(out).hasToString("ready\n");
        assertThat(asked).hasValue("/q/health/ready null");
    }

    @Test
    void exits_with_1_and_says_what_is_missing_when_it_is_not() {
        status = 503;

        assertThat(health("--admin-url", url())).isEqualTo(1);
        assertThat(out).hasToString("not ready: {\"status\":\"DOWN\"}\n");
    }

    @Test
    void exits_with_1_when_nobody_answers() {
        String nobody = url();
        server.stop(0);

        assertThat(health("--admin-url", nobody, "--json")).isEqualTo(1);
        assertThat(out.toString()).contains("\"ready\" : false").contains(nobody);
    }

    @Test
    void exits_with_2_when_the_address_is_none() {
        for (String wrong : new String[] {"ftp://h", "h:9090", "http:///x", ":"}) {
            assertThat(health("--admin-url", wrong)).as(wrong).isEqualTo(2);
        }
        assertThat(err.toString()).contains("--admin-url");
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int health(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "health";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Mehari.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
