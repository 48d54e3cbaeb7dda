package dev.mehari.acceptance;

import static dev.mehari.acceptance.PooledCalls.CALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.LlmStub;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of people to one account keep their distance; results of tools do not wait. */
class UserMessageGapIT {
    private static final long MILLI = 1_000_000;
    private static TestDatabase database;

    private final LlmStub llm = LlmStub.serving();
    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void clear() throws Exception {
        PooledCalls.clear(database);
    }

    @AfterEach
    void close() {
        gateway.close();
        llm.close();
    }

    private void start(String dialect, int gapMillis, String... settings) throws Exception {
        gateway = TestGateway.simulated(database, settings);
        PoolAdmin pool = gateway.pool();
        pool.upstream("llm", dialect, llm.port());
        pool.apiKey("llm", "a", "sk-a", "user_gap_ms", "" + gapMillis);
        PooledCalls.awaitInForce();
    }

    private static String turn(int number) {
        return PooledCalls.chat("m", "turn " + number);
    }

    private static String toolResult(int number) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"question " + number
                + "\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"42\"}]}";
    }

    private static String anthropicToolResult(int number) {
        return "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"question " + number
                + "\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\","
                + "\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\","
                + "\"content\":\"42\"}]}]}";
    }

    private static void assertAllAnswered(List<CompletableFuture<HttpResponse<String>>> sent) {
        assertThat(sent).allSatisfy(one -> assertThat(one.join().statusCode()).isEqualTo(200));
    }

    // row 22
    @Test
    void five_turns_at_once_arrive_200_ms_apart() throws Exception {
        start("openai", 200);

        assertAllAnswered(
                IntStream.range(0, 5).mapToObj(i -> gateway.post(CALL, turn(i))).toList());

        List<Long> arrivals = PooledCalls.of(llm.uses(), LlmStub.Use::arrivedNanos);
        assertThat(arrivals).hasSize(5);
        assertThat(IntStream.range(1, 5).mapToLong(i -> (arrivals.get(i) - arrivals.get(i - 1)) / MILLI))
                .allMatch(gap -> gap >= 200);
    }

    // row 22
    @Test
    void results_of_tools_do_not_wait() throws Exception {
        start("openai", 2_000);
        long begun = System.nanoTime();

        assertAllAnswered(IntStream.range(0, 5)
                .mapToObj(i -> gateway.post(CALL, toolResult(i)))
                .toList());

        assertThat((System.nanoTime() - begun) / MILLI).isLessThan(2_000);
        assertThat(llm.uses()).hasSize(5);
    }

    // row 22
    @Test
    void results_of_tools_in_anthropics_dialect_do_not_wait() throws Exception {
        start("anthropic", 2_000);
        long begun = System.nanoTime();

        assertAllAnswered(IntStream.range(0, 5)
                .mapToObj(i -> gateway.post("/v1/messages", anthropicToolResult(i)))
                .toList());

        assertThat((System.nanoTime() - begun) / MILLI).isLessThan(2_000);
    }

    // row 22
    @Test
    void who_would_wait_for_too_long_is_told_with_the_header_that_clients_know() throws Exception {
        start("openai", 5_000, "mehari.credentials.wait", "1s");

        List<HttpResponse<String>> answers =
                IntStream.range(0, 3).mapToObj(i -> gateway.post(CALL, turn(i))).toList().stream()
                        .map(CompletableFuture::join)
                        .toList();

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 503)
                .hasSize(2)
                .allSatisfy(refused -> {
                    assertThat(refused.headers().firstValue("x-user-message-queue-error"))
                            .contains("queue_timeout");
                    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                });
        assertThat(llm.uses()).hasSize(1);
    }
}
