package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./mehari run} as a process with everything embedded, from its first start to its end. */
class RunIT {
    private static final String KEY = "mh_" + "0123456789abcdef".repeat(4);

    /** Made by whichever of the tests that may share it comes first; later starts find its key. */
    @TempDir
    static Path shared;

    private static MehariProcess run(Path folder, Map<String, String> environment, String... more) throws Exception {
        String[] args = new String[more.length + 7];
        System.arraycopy(
                new String[] {"run", "--port", "0", "--admin-port", "0", "--data-dir", folder + "/data"},
                0,
                args,
                0,
                7);
        System.arraycopy(more, 0, args, 7, more.length);
        return MehariProcess.start(environment, args).awaitReady();
    }

    private static long postgres() throws Exception {
        return Long.parseLong(Files.readAllLines(shared.resolve("data/pg/postmaster.pid"))
                .get(0)
                .strip());
    }

    private static long firstNumber(Path file) throws Exception {
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .findFirst()
                        .map(Long::parseLong)
                        .orElse(0L)
                : 0;
    }

    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static RawClient.Answer chat(MehariProcess mehari, String key) throws Exception {
        try (RawClient client = RawClient.connect(mehari.url().getPort())) {
            return client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + key)
                    .answer();
        }
    }

    @Test
    void starts_with_nothing_and_prints_what_works(@TempDir Path folder) throws Exception {
        String key;
        // As operators start it, with nothing that is quicker for tests.
        try (MehariProcess first = run(folder, Map.of("MEHARI_JAVA_OPTS", "", "MEHARI_START_WARM_UP", "800ms"))) {
            key = first.apiKey();
            assertThat(key).matches("mh_[0-9a-f]{64}");
            assertThat(chat(first, key).body()).endsWith("data: [DONE]\n\n");
            assertThat(status(first.adminUrl().resolve("/q/health/ready"))).isEqualTo(200);
            String curl = first.output().stream()
                    .filter(line -> line.contains("curl"))
                    .findFirst()
                    .orElseThrow();
            assertThat(curl).contains(first.url() + "/v1/chat/completions", key, "\"stream\":true");
            try (MehariProcess second = MehariProcess.start(
                    Map.of(), "run", "--port", "0", "--admin-port", "0", "--data-dir", folder + "/data")) {
                assertThat(second.exitCode()).isEqualTo(2);
                assertThat(String.join("\n", second.errors()))
                        .contains(folder + "/data")
                        .doesNotContain("Exception");
            }
            assertThat(chat(first, key).status()).as("the first is unharmed").isEqualTo(200);
        }
        try (MehariProcess again = run(folder, Map.of())) {
            assertThat(again.output()).noneMatch(line -> line.contains("API key:"));
            assertThat(chat(again, key).status()).isEqualTo(200);
        }
    }

    @Test
    void lets_streams_finish_when_told_to_stop_and_leaves_nothing_running() throws Exception {
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.sse().chunk("data: 1\n\n");
                    reply.after(
                            Duration.ofSeconds(2),
                            () -> reply.chunk("data: [DONE]\n\n").end());
                });
                MehariProcess mehari = run(
                        shared,
                        Map.of("MEHARI_INITIAL_KEY", KEY),
                        "--target-host",
                        "127.0.0.1",
                        "--target-port",
                        Integer.toString(stub.port()));
                RawClient client = RawClient.connect(mehari.url().getPort())) {
            long postgres = postgres();
            client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + KEY);
            client.readUntil("data: 1\n\n\r\n");

            mehari.terminate();

            await().untilAsserted(() -> assertThatThrownBy(
                            () -> RawClient.connect(mehari.url().getPort()))
                    .isInstanceOf(ConnectException.class));
            assertThat(mehari.isAlive()).isTrue();
            assertThat(client.readUntil("\r\n0\r\n\r\n")).contains("data: [DONE]");
            assertThat(mehari.exitCode()).isIn(0, 143);
            await().atMost(Duration.ofSeconds(2)).until(() -> !isRunning(postgres));
        }
    }

    @Test
    void leaves_nothing_running_when_told_to_stop_while_it_starts(@TempDir Path folder) throws Exception {
        Path pidFile = folder.resolve("data/pg/postmaster.pid");
        try (MehariProcess mehari = MehariProcess.start(
                Map.of(), "run", "--port", "0", "--admin-port", "0", "--data-dir", folder + "/data")) {
            // While the cluster is made the file holds the number of another process, as a negative one.
            long postgres = await().atMost(Duration.ofSeconds(60)).until(() -> firstNumber(pidFile), pid -> pid > 0);

            mehari.terminate();

            assertThat(mehari.exitCode()).isIn(0, 143);
            await().atMost(Duration.ofSeconds(2)).until(() -> !isRunning(postgres));
        }
    }

    @Test
    void ends_streams_with_an_error_event_when_the_drain_is_over() throws Exception {
        try (StubUpstream stub =
                        StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1\n\n"));
                MehariProcess mehari = run(
                        shared,
                        Map.of("MEHARI_INITIAL_KEY", KEY, "MEHARI_SHUTDOWN_DRAIN", "1s"),
                        "--target-host",
                        "127.0.0.1",
                        "--target-port",
                        Integer.toString(stub.port()));
                RawClient client = RawClient.connect(mehari.url().getPort())) {
            long postgres = postgres();
            client.post("/v1/messages", Calls.MESSAGE_STREAM, "x-api-key", KEY);
            client.readUntil("data: 1\n\n\r\n");

            long told = System.nanoTime();
            mehari.terminate();

            String rest = client.readAll();
            assertThat(Duration.ofNanos(System.nanoTime() - told))
                    .isBetween(Duration.ofMillis(900), Duration.ofMillis(3_000));
            assertThat(rest)
                    .contains("event: error\ndata: {\"type\":\"error\"")
                    .contains("shutting down")
                    .doesNotContain("\r\n0\r\n");
            assertThat(mehari.exitCode()).isIn(0, 143);
            await().atMost(Duration.ofSeconds(2)).until(() -> !isRunning(postgres));
        }
    }

    private static int status(URI uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
