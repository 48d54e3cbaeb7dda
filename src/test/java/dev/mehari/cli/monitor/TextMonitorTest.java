package dev.mehari.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Where there is no terminal, or a dumb one. */
class TextMonitorTest {
    private final StringWriter out = new StringWriter();
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void prints_a_block_of_lines_each_second_without_colours() throws Exception {
        CompletableFuture<Integer> running = start(false, this::rising);
        await().until(() -> out.toString().contains("concurrency 2 / 100"));
        thread.get().interrupt();

        assertThat(running.get()).isZero();
        assertThat(out.toString())
                .startsWith("mehari  gw-1:8080  healthy")
                .containsSubsequence("42 / 100", "\n\nmehari", "1 / 100", "\n\nmehari", "2 / 100")
                .doesNotContain("\u001b", "quit");
    }

    @Test
    void prints_a_line_of_json_each_second() throws Exception {
        CompletableFuture<Integer> running = start(true, this::rising);
        await().until(() -> out.toString().lines().count() >= 3);
        thread.get().interrupt();
        running.get();

        assertThat(out.toString().lines().limit(3))
                .allSatisfy(line -> assertThat(new ObjectMapper().readTree(line).path("instance"))
                        .hasToString("\"gw-1:8080\""));
    }

    @Test
    void goes_on_while_there_is_no_answer() throws Exception {
        CompletableFuture<Integer> running = start(false, () -> {
            if (asked.incrementAndGet() == 1) {
                throw new Unanswered("gone");
            }
            return Readings.idle().load(7, 0).json();
        });
        await().until(() -> out.toString().contains("concurrency 7 / 100"));
        thread.get().interrupt();
        running.get();

        assertThat(out.toString()).containsPattern("no answer since [0-9] s: gone");
    }

    @Test
    void says_in_json_that_there_is_no_answer() throws Exception {
        CompletableFuture<Integer> running = start(true, () -> {
            throw new Unanswered("gone");
        });
        await().until(() -> out.toString().contains("{\"error\":\"gone\"}\n"));
        thread.get().interrupt();

        assertThat(running.get()).isZero();
    }

    @Test
    void ends_when_nobody_reads_on() {
        PrintWriter closed = new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("closed");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });

        int code = new TextMonitor(closed, false, Map.of(), System::nanoTime)
                .run(Readings.busy().json(), this::rising);

        assertThat(code).isZero();
        assertThat(asked.get()).isZero();
    }

    @Test
    void a_screen_is_as_large_as_the_environment_says() {
        Map<String, String> small = Map.of("COLUMNS", "30", "LINES", "4", "LANG", "C");
        new TextMonitor(new PrintWriter(out), false, small, System::nanoTime)
                .once(Readings.busy().json());

        assertThat(out.toString()).isEqualTo("""
                        mehari  gw-1:8080  healthy
                        concurrency 42 / 100  42.0 %
                        queue       3 / 200
                        rate        37.8 calls/s
                        """);
    }

    private JsonNode rising() {
        return Readings.idle().load(asked.incrementAndGet(), 0).json();
    }

    private CompletableFuture<Integer> start(boolean json, Source source) {
        TextMonitor monitor = new TextMonitor(new PrintWriter(out), json, Map.of("LANG", "C"), System::nanoTime);
        return CompletableFuture.supplyAsync(() -> {
            thread.set(Thread.currentThread());
            return monitor.run(Readings.busy().json(), source);
        });
    }
}
