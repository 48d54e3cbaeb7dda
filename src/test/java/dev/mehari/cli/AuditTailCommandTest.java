package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Follows a gateway whose answers are scripted. */
class AuditTailCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private HttpServer server;

    private record Answer(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                Answer answer = answers.remove();
                byte[] body = answer.body().getBytes(UTF_8);
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void goes_on_after_answers_that_say_that_the_gateway_has_trouble() {
        answers.addAll(List.of(events(1), events(1), failure(503), failure(500), events(2, 1)));

        assertThat(run("--rounds=4")).isZero();

        assertThat(err).hasToString("""
                        mehari: It is status 503. Asking again each second.
                        mehari: The gateway answers again.
                        """);
        assertThat(out).hasToString(event(1) + "\n" + event(2) + "\n");
    }

    @Test
    void loses_no_event_when_a_look_fails_half_way() {
        answers.addAll(List.of(events(), events(1), failure(503), events(2, 1), events(2, 1), events(2, 1)));

        assertThat(run("--rounds=4")).isZero();

        assertThat(out).hasToString(event(1) + "\n" + event(2) + "\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404})
    void ends_when_asking_again_does_not_help(int status) {
        answers.addAll(List.of(events(), failure(status)));

        assertThat(run("--rounds=9")).isEqualTo(ExitCode.WRONG_USE);

        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void ends_when_there_is_no_answer_to_begin_with() {
        answers.add(failure(503));

        assertThat(run("--rounds=9")).isEqualTo(ExitCode.FAILED);

        assertThat(err).hasToString("mehari: It is status 503.\n");
    }

    private static Answer failure(int status) {
        return new Answer(status, "{\"error\":{\"message\":\"It is status " + status + ".\"}}");
    }

    /** With these events, newest first. */
    private static Answer events(int... numbers) {
        return new Answer(
                200,
                IntStream.of(numbers)
                        .mapToObj(AuditTailCommandTest::event)
                        .collect(Collectors.joining(",", "{\"events\":[", "],\"next\":null}")));
    }

    private static String event(int number) {
        return "{\"at\":\"2026-01-31T12:00:0" + number + "Z\",\"chain\":1,\"sequence\":" + number + "}";
    }

    private int run(String... arguments) {
        CommandLine command = new CommandLine(new AuditTailCommand().under(Map.of("MEHARI_ADMIN_TOKEN", "secret")))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        all.add("--admin-url=http://127.0.0.1:" + server.getAddress().getPort());
        return command.execute(all.toArray(String[]::new));
    }
}
