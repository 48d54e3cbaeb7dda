package dev.mehari.acceptance;

import static dev.mehari.acceptance.PooledCalls.CALL;
import static dev.mehari.acceptance.PooledCalls.chat;
import static dev.mehari.acceptance.PooledCalls.letters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.storage.ServerPort;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.LlmStub.Hint;
import dev.mehari.testing.LlmStub.Refuse;
import dev.mehari.testing.LlmStub.Say;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import dev.mehari.testing.TokenStub;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which credential a call gets, and what becomes of one that its upstream has refused, through the whole gateway. */
class CredentialPoolIT {
    private static final String NOT_STICKY = "\"0s\"";
    private static TestDatabase database;

    private final LlmStub llm = LlmStub.serving();
    private final AtomicInteger number = new AtomicInteger();
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
        if (gateway != null) {
            gateway.close();
        }
        llm.close();
    }

    private void start(String... settings) throws Exception {
        gateway = TestGateway.simulated(database, settings);
        pool = gateway.pool();
    }

    private void restart(String... settings) throws Exception {
        gateway.close();
        start(settings);
    }

    /** An upstream with the credentials sk-a, sk-b, ... of these priorities; returns their ids. */
    private List<String> credentials(int... priorities) throws Exception {
        pool.upstream("llm", "openai", llm.port(), "sticky", NOT_STICKY);
        List<String> ids = IntStream.range(0, priorities.length)
                .mapToObj(i -> {
                    try {
                        String letter = Character.toString('a' + i);
                        return pool.apiKey("llm", letter, "sk-" + letter, "priority", "" + priorities[i]);
                    } catch (Exception refused) {
                        throw new IllegalStateException(refused);
                    }
                })
                .toList();
        return ids;
    }

    private CompletableFuture<HttpResponse<String>> send(String model, String... headers) {
        return gateway.post(CALL, chat(model, "call " + number.incrementAndGet()), headers);
    }

    private HttpResponse<String> call(String model, String... headers) {
        return send(model, headers).join();
    }

    private void succeed(int times) {
        for (int i = 0; i < times; i++) {
            HttpResponse<String> answer = call("m");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    private static void awaitRows(String sql, int rows) {
        await().atMost(Duration.ofSeconds(5)).until(() -> database.number(sql) == rows);
    }

    // row 50
    @Test
    void a_lower_priority_goes_first_and_of_equals_the_one_unused_for_longest() throws Exception {
        start();
        List<String> ids = credentials(50, 10);
        succeed(4);
        assertThat(letters(llm.uses())).isEqualTo("bbbb");

        pool.done("PATCH", "/api/credentials/" + ids.get(0), PooledCalls.json("{\"priority\":10}"));

        await().atMost(Duration.ofSeconds(2)).until(() -> {
            succeed(1);
            return letters(llm.uses()).endsWith("a");
        });
        llm.uses().clear();
        succeed(6);
        assertThat(letters(llm.uses())).isEqualTo("bababa");
    }

    // row 51
    @Test
    void a_session_stays_with_its_credential_and_moves_on_at_once_when_that_is_benched() throws Exception {
        start();
        pool.upstream("llm", "openai", llm.port(), "sticky", "\"1h\"");
        for (String letter : List.of("a", "b", "c")) {
            pool.apiKey("llm", letter, "sk-" + letter);
        }
        String[] session = {"session_id", "s-1"};
        for (int i = 0; i < 6; i++) {
            assertThat(call("m", session).statusCode()).isEqualTo(200);
            succeed(1);
        }
        String first = llm.credentials().get(0);
        assertThat(IntStream.range(0, 6).mapToObj(i -> llm.credentials().get(2 * i)))
                .containsOnly(first);
        assertThat(llm.credentials()).contains("sk-a", "sk-b", "sk-c");

        llm.treat(first, Refuse.with(529));
        HttpResponse<String> moved = call("m", session);
        HttpResponse<String> next = call("m", session);

        assertThat(moved.statusCode()).isEqualTo(200);
        assertThat(next.statusCode()).isEqualTo(200);
        List<String> last = llm.credentials().subList(12, llm.credentials().size());
        assertThat(last).hasSize(3);
        assertThat(last.get(0)).isEqualTo(first);
        assertThat(last.get(1)).isNotEqualTo(first).isEqualTo(last.get(2));
    }

    // row 52
    @ParameterizedTest
    @CsvSource({
        "401, NONE, 0, 1800",
        "403, NONE, 0, 1800",
        "503, NONE, 0, 60",
        "500, NONE, 0, 300",
        "529, NONE, 0, 600",
        "429, RETRY_AFTER, 120, 120",
        "429, RETRY_AFTER_DATE, 120, 120",
        "429, RETRY_AFTER_MS, 90, 90",
        "429, OPENAI, 366, 366",
        "429, ANTHROPIC, 3600, 3600",
        "429, QUOTA_RESET, 7200, 7200",
        "429, RETRY_AFTER, 7200, 1800"
    })
    void a_refusal_benches_the_credential_for_its_time(int status, Hint hint, int seconds, int benched)
            throws Exception {
        start();
        credentials(50);
        llm.treat("sk-a", Refuse.with(status, hint, Duration.ofSeconds(seconds)));

        HttpResponse<String> refused = call("m");
        HttpResponse<String> next = call("m");

        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(next.statusCode()).as(next.body()).isEqualTo(503);
        assertThat(next.headers().firstValue("Retry-After")).isPresent();
        assertThat(llm.uses()).hasSize(1);
        awaitRows("select count(*) from credential_bench", 1);
        assertThat(database.number("select round(extract(epoch from until - now())) from credential_bench"))
                .isBetween(benched - 5, benched + 2);
        assertThat(database.number("select status from credential_bench")).isEqualTo(status);
        JsonNode shown = pool.credentials("?cooldown=true").get(0);
        assertThat(shown.at("/benches/0/status").asInt()).isEqualTo(status);
        assertThat(shown.at("/benches/0/reason").asText()).isNotBlank();
        assertThat(shown.path("next_probe").asText()).isNotBlank();
    }

    // row 52
    @Test
    void after_a_bench_one_trial_call_goes_and_its_success_releases() throws Exception {
        start();
        credentials(50);
        pool.benchRules(List.of(new PoolAdmin.Rule(503, "credential", "unavailable", "1s")));
        llm.treat("sk-a", Refuse.with(503));
        assertThat(call("m").statusCode()).isEqualTo(503);
        llm.treat("sk-a", use -> new LlmStub.Later(Duration.ofMillis(500), new LlmStub.Serve()));
        assertThat(llm.uses()).hasSize(1);
        await().atMost(Duration.ofSeconds(3))
                .until(() -> pool.credentials("").get(0).path("state").asText().equals("trial"));

        List<HttpResponse<String>> answers = IntStream.range(0, 10).mapToObj(i -> send("m")).toList().stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(answers).anyMatch(answer -> answer.statusCode() == 200);
        LlmStub.Use trial = llm.uses().get(1);
        assertThat(llm.uses().stream()
                        .filter(use -> use.arrivedNanos() > trial.arrivedNanos()
                                && use.arrivedNanos() < trial.answeredNanos()))
                .isEmpty();
        succeed(3);
        awaitRows("select count(*) from credential_bench", 0);
    }

    // row 80
    @Test
    void a_rotation_stays_for_n_calls_across_a_restart() throws Exception {
        start();
        pool.upstream(
                "llm", "openai", llm.port(), "sticky", NOT_STICKY, "choice", "\"rotation\"", "rotation_calls", "3");
        pool.apiKey("llm", "a", "sk-a");
        String b = pool.apiKey("llm", "b", "sk-b");
        succeed(12);
        assertThat(letters(llm.uses())).isEqualTo("aaabbbaaabbb");

        llm.uses().clear();
        succeed(4);
        restart();
        succeed(8);
        assertThat(letters(llm.uses())).isEqualTo("aaabbbaaabbb");

        llm.uses().clear();
        List<CompletableFuture<HttpResponse<String>>> parallel =
                IntStream.range(0, 30).mapToObj(i -> send("m")).toList();
        assertThat(parallel).allMatch(sent -> sent.join().statusCode() == 200);
        assertThat(llm.uses("sk-a")).hasSize(15);
        assertThat(llm.uses("sk-b")).hasSize(15);

        llm.uses().clear();
        pool.does("disable", b);
        succeed(7);
        assertThat(letters(llm.uses())).isEqualTo("aaaaaaa");
    }

    // row 81
    @Test
    void an_exhausted_model_is_skipped_and_others_are_not() throws Exception {
        start();
        credentials(10, 50);
        llm.treat(
                "sk-a",
                use -> use.model().equals("x")
                        ? Refuse.with(429, Hint.QUOTA_RESET, Duration.ofHours(2))
                        : new LlmStub.Serve());

        assertThat(call("x").statusCode()).isEqualTo(200);
        assertThat(call("x").statusCode()).isEqualTo(200);
        assertThat(call("y").statusCode()).isEqualTo(200);

        assertThat(letters(llm.uses())).isEqualTo("abba");
        awaitRows("select count(*) from credential_bench where model = 'x'", 1);
        assertThat(database.number("select round(extract(epoch from until - now())) from credential_bench"))
                .isBetween(7_190, 7_201);
    }

    // row 81
    @Test
    void resource_has_been_exhausted_means_four_hours() throws Exception {
        start();
        credentials(10, 50);
        llm.treat(
                "sk-a",
                new Say(
                        429,
                        "application/json",
                        "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\","
                                + "\"message\":\"Resource has been exhausted (e.g. check quota).\"}}"));

        assertThat(call("x").statusCode()).isEqualTo(200);

        awaitRows("select count(*) from credential_bench where model = 'x'", 1);
        assertThat(database.number("select round(extract(epoch from until - now())) from credential_bench"))
                .isBetween(14_390, 14_401);
    }

    // row 82
    @Test
    void another_try_never_takes_the_one_that_failed() throws Exception {
        start();
        credentials(50, 50);
        // Over before the next call comes, so that each call may meet the bad one again.
        pool.benchRules(List.of(new PoolAdmin.Rule(429, "credential", "rate_limited", "1ms")));
        llm.treat("sk-a", Refuse.with(429));

        for (int i = 0; i < 20; i++) {
            int before = llm.uses().size();
            assertThat(call("m").statusCode()).isEqualTo(200);
            List<LlmStub.Use> uses = llm.uses().subList(before, llm.uses().size());
            assertThat(uses).hasSizeBetween(1, 2);
            assertThat(letters(uses)).isIn("b", "ab");
        }
    }

    // row 83
    @Test
    void a_banned_credential_is_disabled_until_somebody_enables_it() throws Exception {
        start("mehari.credentials.ban", "true");
        List<String> ids = credentials(10, 50);
        llm.treat("sk-a", Refuse.with(403));

        assertThat(call("m").statusCode()).isEqualTo(200);

        awaitRows("select count(*) from credential where not enabled and disabled_for like '%403%'", 1);
        await().until(() -> pool.credential(ids.get(0)).path("state").asText().equals("disabled"));
        llm.treat("sk-a", new LlmStub.Serve());
        pool.does("enable", ids.get(0));
        await().atMost(Duration.ofSeconds(2)).until(() -> {
            succeed(1);
            return letters(llm.uses()).endsWith("a");
        });
        JsonNode enabled = pool.credential(ids.get(0));
        assertThat(enabled.path("disabled_for").isNull()).isTrue();
        assertThat(enabled.path("benches")).isEmpty();
    }

    // row 83
    @Test
    void without_a_ban_it_stays_enabled_and_a_test_that_it_passes_brings_it_back() throws Exception {
        start();
        List<String> ids = credentials(10, 50);
        llm.treat("sk-a", Refuse.with(403));
        assertThat(call("m").statusCode()).isEqualTo(200);
        assertThat(database.number("select count(*) from credential where enabled"))
                .isEqualTo(2);
        awaitRows("select count(*) from credential_bench", 1);

        llm.treat("sk-a", new LlmStub.Serve());
        JsonNode tested = pool.does("test", ids.get(0));

        assertThat(tested.path("works").asBoolean()).isTrue();
        awaitRows("select count(*) from credential_bench", 0);
        await().atMost(Duration.ofSeconds(2)).until(() -> {
            succeed(1);
            return letters(llm.uses()).endsWith("a");
        });
    }

    // row 83
    @Test
    void a_refused_grant_disables_and_a_token_is_not_asked_for_again() throws Exception {
        start();
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1))) {
            tokens.answer(refresh -> new TokenStub.Refused("invalid_grant"));
            oauth(tokens);

            HttpResponse<String> answer = call("m");

            assertThat(answer.statusCode()).isEqualTo(503);
            awaitRows("select count(*) from credential where not enabled", 1);
            assertThat(database.text("select disabled_for from credential")).contains("invalid_grant");
            call("m");
            assertThat(tokens.refreshes()).hasSize(1);
            assertThat(llm.uses()).isEmpty();
        }
    }

    // row 83
    @ParameterizedTest
    @ValueSource(strings = {"500", "429", "garbage", "reset"})
    void a_token_endpoint_in_trouble_does_not_disable(String trouble) throws Exception {
        start();
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1))) {
            tokens.answer(refresh -> switch (trouble) {
                case "garbage" -> new TokenStub.Garbage("<html>down</html>");
                case "reset" -> new TokenStub.Reset();
                default -> new TokenStub.Status(Integer.parseInt(trouble));
            });
            String id = oauth(tokens);
            assertThat(call("m").statusCode()).isEqualTo(503);
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> !pool.credential(id).path("refresh_error").isNull());
            assertThat(database.text("select enabled from credential")).isEqualTo("t");

            tokens.answer(refresh -> new TokenStub.Fresh(Duration.ofHours(1), false));
            pool.does("refresh", id);

            await().atMost(Duration.ofSeconds(3)).until(() -> call("m").statusCode() == 200);
            assertThat(llm.credentials()).containsOnly(tokens.accessToken(1));
        }
    }

    @Test
    void a_token_endpoint_that_asks_to_wait_says_to_callers_when_to_come_again() throws Exception {
        start();
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1))) {
            tokens.answer(refresh -> new TokenStub.Status(429, "Retry-After", "1200"));
            oauth(tokens);

            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = call("m");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("no_credential");
                assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                        .isBetween(1_100L, 1_201L);
            }
            assertThat(tokens.refreshes()).hasSize(1);
        }
    }

    private String oauth(TokenStub tokens) throws Exception {
        pool.upstream("llm", "openai", llm.port(), "sticky", NOT_STICKY);
        String id = pool.oauth(
                "llm",
                "o",
                tokens,
                "stale-token",
                "first-refresh-token",
                Instant.now().minusSeconds(60));
        return id;
    }

    // row 85
    @Test
    void with_none_left_the_caller_is_told_when_to_come_again() throws Exception {
        start();
        List<String> ids = credentials(50, 50);
        for (String id : ids) {
            pool.does("disable", id);
        }

        HttpResponse<String> none = call("m");

        assertThat(none.statusCode()).isEqualTo(503);
        assertThat(none.body()).contains("no_credential");
        assertThat(none.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
        assertThat(llm.uses()).isEmpty();
    }

    // row 85
    @Test
    void with_all_benched_the_caller_is_told_when_the_first_comes_back() throws Exception {
        start();
        credentials(50, 50);
        llm.treatOthers(use -> Refuse.with(429, Hint.RETRY_AFTER, Duration.ofSeconds(100)));
        assertThat(call("m").statusCode()).isEqualTo(429);
        int before = llm.uses().size();

        HttpResponse<String> none = call("m");

        assertThat(none.statusCode()).isEqualTo(503);
        assertThat(none.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(90L, 100L);
        assertThat(llm.uses()).hasSize(before);
    }

    // row 86
    @Test
    void a_hundred_cooldowns_at_once_are_all_kept_and_survive_a_restart() throws Exception {
        start();
        credentials(50);
        llm.treatOthers(use -> Refuse.with(429, Hint.QUOTA_RESET, Duration.ofHours(1)));

        List<CompletableFuture<HttpResponse<String>>> sent =
                IntStream.range(0, 100).mapToObj(i -> send("model-" + i)).toList();
        assertThat(sent).allMatch(one -> one.join().statusCode() == 429);

        awaitRows("select count(*) from credential_bench", 100);
        llm.serveAll();
        restart();
        int before = llm.uses().size();
        assertThat(IntStream.range(0, 100).mapToObj(i -> call("model-" + i).statusCode()))
                .containsOnly(503);
        assertThat(llm.uses()).hasSize(before);
        assertThat(call("model-100").statusCode()).isEqualTo(200);
        assertThat(database.number("select count(*) from credential_bench")).isEqualTo(100);
    }

    // row 88
    @Test
    void the_sixth_call_of_a_quota_of_five_uses_another() throws Exception {
        start();
        pool.upstream("llm", "openai", llm.port(), "sticky", NOT_STICKY);
        String a = pool.apiKey("llm", "a", "sk-a", "priority", "10", "daily_quota", "5");
        pool.apiKey("llm", "b", "sk-b");

        succeed(7);
        restart();
        succeed(1);

        assertThat(letters(llm.uses())).isEqualTo("aaaaabbb");
        await().until(() -> pool.credential(a).path("quota_used").asInt() == 5);
    }

    // row 88
    @Test
    void calls_that_did_not_reach_the_upstream_count_for_nothing() throws Exception {
        start("mehari.retry.max", "0");
        int nobody = ServerPort.free(new SecureRandom());
        pool.upstream("llm", "openai", nobody, "sticky", NOT_STICKY);
        String id = pool.apiKey("llm", "a", "sk-a", "daily_quota", "2");
        for (int i = 0; i < 2; i++) {
            assertThat(call("m").statusCode()).isEqualTo(502);
        }

        pool.done(
                "PATCH",
                "/api/upstreams/llm",
                PooledCalls.json("{\"base_url\":\"http://127.0.0.1:" + llm.port() + "\"}"));
        succeed(2);

        assertThat(call("m").statusCode()).isEqualTo(503);
        assertThat(llm.uses()).hasSize(2);
        await().untilAsserted(() -> {
            JsonNode shown = pool.credential(id);
            assertThat(shown.path("calls").asInt()).isEqualTo(2);
            assertThat(shown.path("successes").asInt()).isEqualTo(2);
            assertThat(shown.path("failures").asInt()).isZero();
        });
    }

    // row 88
    @Test
    void statistics_are_what_the_upstream_saw() throws Exception {
        start();
        List<String> ids = credentials(50);
        pool.benchRules(List.of(new PoolAdmin.Rule(429, "credential", "rate_limited", "1ms")));
        succeed(4);
        await().until(() -> pool.credential(ids.get(0)).path("successes").asInt() == 4);
        String firstSuccess = pool.credential(ids.get(0)).path("last_success").asText();
        llm.treat("sk-a", new Say(500, "application/json", "{}"));
        assertThat(call("m").statusCode()).isEqualTo(500);
        llm.serveAll();
        succeed(1);

        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            JsonNode shown = pool.credential(ids.get(0));
            assertThat(shown.path("calls").asInt())
                    .isEqualTo(6)
                    .isEqualTo(llm.uses().size());
            assertThat(shown.path("successes").asInt()).isEqualTo(5);
            assertThat(shown.path("failures").asInt()).isEqualTo(1);
            assertThat(shown.at("/last_error/status").asInt()).isEqualTo(500);
            assertThat(Instant.parse(shown.path("last_success").asText())).isAfter(Instant.parse(firstSuccess));
        });
        assertThat(database.text("select calls || ' ' || successes || ' ' || failures from credential_use"))
                .isEqualTo("6 5 1");
    }
}
