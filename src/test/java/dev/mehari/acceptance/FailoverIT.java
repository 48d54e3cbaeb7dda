package dev.mehari.acceptance;

import static dev.mehari.acceptance.PooledCalls.CALL;
import static dev.mehari.acceptance.PooledCalls.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LlmStub;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Upstreams that are down are left alone, remembered as such, and asked until they are back. */
class FailoverIT {
    private static final String PROBED = "{\"interval\":\"1s\",\"model\":\"m\"}";
    private static TestDatabase database;

    private final LlmStub first = LlmStub.serving();
    private final LlmStub second = LlmStub.serving();
    private TestGateway gateway;
    private PoolAdmin pool;

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
        first.close();
        second.close();
    }

    private void start(String... settings) throws Exception {
        gateway = TestGateway.simulated(database, settings);
        pool = gateway.pool();
    }

    private HttpResponse<String> call(int number) {
        return gateway.post(CALL, chat("m", "call " + number)).join();
    }

    private static boolean isFailed(String upstream) {
        return database.text("select failed_at is not null from upstream where name = '" + upstream + "'")
                .equals("t");
    }

    // row 32
    @Test
    void a_call_goes_to_the_second_when_the_first_is_down_and_an_event_says_so() throws Exception {
        start();
        int port = first.port();
        pool.upstream("first", "openai", port, "priority", "10");
        pool.apiKey("first", "a", "sk-a");
        pool.upstream("second", "openai", second.port(), "priority", "50");
        pool.apiKey("second", "b", "sk-b");
        assertThat(call(0).statusCode()).isEqualTo(200);
        assertThat(first.uses()).hasSize(1);
        first.close();

        HttpResponse<String> answer = call(1);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(second.credentials()).containsExactly("sk-b");
        await().atMost(Duration.ofSeconds(3))
                .until(() -> database.number("select count(*) from upstream_event where what = 'switched'") >= 1);
        assertThat(pool.events("first"))
                .anyMatch(event -> event.path("what").asText().equals("switched"));
    }

    // row 32
    @Test
    void a_failed_upstream_is_still_failed_after_a_restart_and_is_asked_again() throws Exception {
        start("mehari.probe.failures", "2");
        first.treatOthers(use -> LlmStub.Refuse.with(500));
        pool.upstream("first", "openai", first.port(), "probe", PROBED);
        pool.apiKey("first", "a", "sk-a");
        await().atMost(Duration.ofSeconds(10)).until(() -> isFailed("first"));
        gateway.close();
        int before = first.uses().size();
        start("mehari.probe.failures", "2");

        assertThat(isFailed("first")).isTrue();
        assertThat(pool.upstream("first").path("state").asText()).isEqualTo("failed");
        assertThat(pool.upstream("first").path("failed_reason").asText()).isEqualTo("answered 500");
        await().atMost(Duration.ofSeconds(5)).until(() -> first.uses().size() > before);

        first.serveAll();
        await().atMost(Duration.ofSeconds(10)).until(() -> !isFailed("first"));
        assertThat(pool.events("first"))
                .extracting(event -> event.path("what").asText())
                .contains("failed", "recovered");
        await().atMost(Duration.ofSeconds(2)).until(() -> call(2).statusCode() == 200);
    }

    // row 33
    @Test
    void a_hundred_hanging_upstreams_are_never_asked_by_more_than_the_limit_at_once() throws Exception {
        try (StubUpstream hanging = StubUpstream.answering((request, reply) -> {})) {
            start("mehari.probe.at-once", "3", "mehari.probe.timeout", "200ms");
            long begun = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                database.execute("insert into upstream (name, dialect, base_url, probe_interval_ms) values ('hanging-"
                        + i + "', 'openai', 'http://127.0.0.1:" + hanging.port() + "', 1000)");
            }

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> hanging.requests().size() >= 60);

            // Three at a time, of 200 ms each: the last of sixty cannot come before the nineteenth time is over.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(19 * 200));
            // The stub may see a new question before it sees that the ones given up are gone.
            assertThat(hanging.mostInFlight()).isBetween(1, 2 * 3);
        }
    }

    // row 33
    @Test
    void an_empty_answer_of_200_is_not_well() throws Exception {
        start("mehari.probe.failures", "1");
        first.treatOthers(use -> new LlmStub.Say(200, "application/json", ""));
        pool.upstream("first", "openai", first.port(), "probe", PROBED);
        pool.apiKey("first", "a", "sk-a");

        await().atMost(Duration.ofSeconds(10)).until(() -> isFailed("first"));
    }
}
