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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages of people to one account keep their distance; results of tools do not wait. */
class UserMessageGapIT {
    private static final long MILLI = 1_000_000;
    /** Long enough for four turns of the short gap, and for none of the long one. */
    private static final String PATIENCE = "3s";

    private static final int SHORT_GAP = 200;
    private static final int LONG_GAP = 6_000;
    private static TestDatabase database;
    private static LlmStub llm;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        llm = LlmStub.serving();
        gateway = TestGateway.simulated(database, "mehari.credentials.user-wait", PATIENCE);
        PoolAdmin pool = gateway.pool();
        account(pool, "brisk", "openai", SHORT_GAP);
        account(pool, "slow", "openai", LONG_GAP);
        account(pool, "tools", "openai", LONG_GAP);
        account(pool, "claude", "anthropic", LONG_GAP);
        PooledCalls.awaitInForce();
    }

    @AfterAll
    static void close() {
        gateway.close();
        llm.close();
        database.close();
    }

    /** An upstream with one credential, for a model that bears their name, so that no test meets another's calls. */
    private static void account(PoolAdmin pool, String name, String dialect, int gapMillis) throws Exception {
        pool.upstream(name, dialect, llm.port(), "models", "[\"" + name + "\"]");
        pool.apiKey(name, name, "sk-" + name, "user_gap_ms", "" + gapMillis);
    }

    private static String turn(String model, int number) {
        return PooledCalls.chat(model, "turn " + number);
    }

    private static String toolResult(int number) {
        return "{\"model\":\"tools\",\"messages\":[{\"role\":\"user\",\"content\":\"question " + number
                + "\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"42\"}]}";
    }

    private static String anthropicToolResult(int number) {
        return "{\"model\":\"claude\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"question "
                + number
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
        long begun = System.nanoTime();

        assertAllAnswered(IntStream.range(0, 5)
                .mapToObj(i -> gateway.post(CALL, turn("brisk", i)))
                .toList());

        List<Long> arrivals = PooledCalls.of(llm.uses("sk-brisk"), LlmStub.Use::arrivedNanos);
        assertThat(arrivals).hasSize(5);
        assertThat(IntStream.range(0, 5).boxed())
                .allSatisfy(i ->
                        assertThat((arrivals.get(i) - begun) / MILLI).isGreaterThanOrEqualTo((long) i * SHORT_GAP));
        // What is late on its way, on a machine that does other things too, is closer to the next.
        assertThat(IntStream.range(1, 5).mapToLong(i -> (arrivals.get(i) - arrivals.get(i - 1)) / MILLI))
                .allMatch(gap -> gap >= SHORT_GAP / 2);
    }

    // row 22
    @Test
    void results_of_tools_do_not_wait() throws Exception {
        long begun = System.nanoTime();

        assertAllAnswered(IntStream.range(0, 5)
                .mapToObj(i -> gateway.post(CALL, toolResult(i)))
                .toList());

        assertThat((System.nanoTime() - begun) / MILLI).isLessThan(LONG_GAP);
        assertThat(llm.uses("sk-tools")).hasSize(5);
    }

    // row 22
    @Test
    void results_of_tools_in_anthropics_dialect_do_not_wait() throws Exception {
        long begun = System.nanoTime();

        assertAllAnswered(IntStream.range(0, 5)
                .mapToObj(i -> gateway.post("/v1/messages", anthropicToolResult(i)))
                .toList());

        assertThat((System.nanoTime() - begun) / MILLI).isLessThan(LONG_GAP);
    }

    // row 22
    @Test
    void who_would_wait_for_too_long_is_told_with_the_header_that_clients_know() throws Exception {
        List<HttpResponse<String>> answers =
                IntStream.range(0, 3).mapToObj(i -> gateway.post(CALL, turn("slow", i))).toList().stream()
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
        assertThat(llm.uses("sk-slow")).hasSize(1);
    }
}
