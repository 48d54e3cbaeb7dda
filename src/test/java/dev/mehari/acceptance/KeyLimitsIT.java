package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.EditedRoutes;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key's own limits, through the whole gateway, with account kept in memory and on PostgreSQL. */
class KeyLimitsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALL = "/v1/chat/completions";
    private static final String BREAK = "X-Break";
    private static final String BROKEN = "broken by the test";
    private static final String BREAKING = """
            - filter:
                simple: "${header.X-Break} == 'yes'"
                steps:
                  - throwException:
                      exceptionType: java.lang.IllegalStateException
                      message: broken by the test
            """;
    private static TestDatabase database;

    private final StubUpstream stub = StubUpstream.respondingWith(200);
    private final List<RawClient> clients = new ArrayList<>();
    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        stub.close();
    }

    private void start(String... settings) throws Exception {
        startWith("memory", settings);
    }

    private void startWith(String ledger, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("mehari.limits", ledger));
        gateway = TestGateway.to(stub, database, all.toArray(String[]::new));
    }

    /** A key whose row has {@code columns}, as {@code concurrency = 2, queue_size = 1}. */
    private String key(String columns) {
        String key = gateway.newKey("limited", 5);
        database.execute("update api_key set " + columns + " where " + is(key));
        return key;
    }

    private static String is(String key) {
        return "key_hash = encode(sha256('" + key + "'), 'hex')";
    }

    private List<CompletableFuture<HttpResponse<String>>> send(String key, int times) {
        return IntStream.range(0, times)
                .mapToObj(i -> gateway.postAs(key, CALL, Calls.CHAT))
                .toList();
    }

    private List<HttpResponse<String>> parallel(String key, int times) {
        return send(key, times).stream().map(CompletableFuture::join).toList();
    }

    private HttpResponse<String> call(String key) {
        return gateway.postAs(key, CALL, Calls.CHAT).join();
    }

    private RawClient raw(String key, String path, String body) throws Exception {
        RawClient client = gateway.connect();
        clients.add(client);
        return client.post(path, body, "Authorization", "Bearer " + key);
    }

    private void answerAfter(Duration delay) {
        stub.answer((request, reply) -> reply.after(delay, () -> reply.json(200, "{\"ok\":true}")));
    }

    private static JsonNode body(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    private static long retryAfter(HttpResponse<String> answer) {
        return Long.parseLong(answer.headers().firstValue("Retry-After").orElse("-1"));
    }

    private double leases() throws Exception {
        return gateway.admin("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith("mehari_limits_leases"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** But those of calls that are granted ahead. */
    private void awaitNoLease() {
        await().atMost(Duration.ofSeconds(1))
                .until(() -> database.number("select count(*) from lease where requests = 1") == 0);
        // Asked for over HTTP: a busy machine takes longer to answer than the lease to come back.
        await().atMost(Duration.ofSeconds(3)).until(() -> leases() == 0);
    }

    // row 2
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void a_request_window_is_exact_in_a_burst_and_then_resets(String ledger) throws Exception {
        startWith(ledger);
        // 7 s, so that the burst and its end fit into one window whenever the test starts.
        String key = key("requests = 10, requests_window_ms = 7000");
        call(key("requests = 1"));
        long intoWindow = System.currentTimeMillis() % 7_000;
        await().pollDelay(Duration.ofMillis(intoWindow > 4_000 ? 7_000 - intoWindow : 1))
                .until(() -> true);
        int before = stub.requests().size();

        List<HttpResponse<String>> answers = parallel(key, 50);

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(10);
        assertThat(stub.requests()).hasSize(before + 10);
        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(refused).hasSize(40);
        JsonNode error = body(refused.get(0)).path("error");
        assertThat(error.path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(error.path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.path("current").asLong()).isEqualTo(10);
        assertThat(error.path("limit").asLong()).isEqualTo(10);
        Instant resetAt = Instant.parse(error.path("resetAt").asText());
        assertThat(resetAt.toEpochMilli() % 7_000).isZero();
        assertThat(retryAfter(refused.get(0))).isBetween(1L, 7L);

        await().atMost(Duration.ofSeconds(9)).until(() -> System.currentTimeMillis() > resetAt.toEpochMilli() + 200);
        assertThat(call(key).statusCode()).isEqualTo(200);
    }

    // row 2; that a window resets, the short one above shows
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void ten_per_minute_are_ten_until_the_minute_ends(String ledger) throws Exception {
        startWith(ledger);
        String key = key("requests = 10, requests_window_ms = 60000");
        long left = 60_000 - System.currentTimeMillis() % 60_000;
        await().pollDelay(Duration.ofMillis(left < 5_000 ? left : 1))
                .atMost(Duration.ofSeconds(6))
                .until(() -> true);

        Instant asked = Instant.ofEpochMilli(System.currentTimeMillis());
        Instant reset = assertThatTenOfFiftyPass(key);

        assertThat(reset).isBetween(asked, asked.plusSeconds(60));
        assertThat(reset.toEpochMilli() % 60_000).isZero();
        // "no window row without an expiry": a window is kept as its number, which says when it ends.
        assertThat(database.number("select count(*) from limit_state where requests_used > 0 and requests_window = 0"))
                .isZero();
    }

    private Instant assertThatTenOfFiftyPass(String key) throws Exception {
        int before = stub.requests().size();
        List<HttpResponse<String>> answers = parallel(key, 50);

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(10);
        assertThat(stub.requests()).hasSize(before + 10);
        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(refused).hasSize(40);
        return Instant.parse(body(refused.get(0)).path("error").path("resetAt").asText());
    }

    // row 12
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void calls_beyond_the_keys_concurrency_are_refused_and_other_keys_are_not(String ledger) throws Exception {
        startWith(ledger);
        answerAfter(Duration.ofSeconds(2));
        String key = key("concurrency = 2");
        List<CompletableFuture<HttpResponse<String>>> two = send(key, 2);
        await().until(() -> stub.inFlight() == 2);

        HttpResponse<String> third = call(key);

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(retryAfter(third)).isEqualTo(1);
        JsonNode body = body(third);
        assertThat(body.path("error").asText()).isEqualTo("Concurrency limit exceeded");
        assertThat(body.path("message").asText())
                .isEqualTo("Too many concurrent requests. Limit: 2 concurrent requests");
        assertThat(body.path("currentConcurrency").asInt()).isEqualTo(2);
        assertThat(body.path("concurrencyLimit").asInt()).isEqualTo(2);
        assertThat(body.has("request_id")).isTrue();
        assertThat(call(key("concurrency = 2")).statusCode()).isEqualTo(200);
        assertThat(two).allMatch(sent -> sent.join().statusCode() == 200);
    }

    // row 12
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void in_a_burst_no_refusal_tells_of_more_than_the_limit(String ledger) throws Exception {
        startWith(ledger);
        answerAfter(Duration.ofSeconds(1));

        List<HttpResponse<String>> answers = parallel(key("concurrency = 2"), 50);

        assertThat(stub.mostInFlight()).isEqualTo(2);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(2);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 429)
                .hasSize(48)
                .allSatisfy(answer -> assertThat(
                                body(answer).path("currentConcurrency").asInt())
                        .isLessThanOrEqualTo(2));
        awaitNoLease();
    }

    // row 13
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void zero_is_no_limit_and_counting_tokens_is_exempt(String ledger) throws Exception {
        startWith(ledger);
        assertThat(parallel(key("concurrency = 0"), 50)).allMatch(answer -> answer.statusCode() == 200);
        String key = key("concurrency = 1, requests = 5");
        answerAfter(Duration.ofSeconds(2));
        CompletableFuture<HttpResponse<String>> running = gateway.postAs(key, CALL, Calls.CHAT);
        await().until(() -> stub.inFlight() == 1);
        stub.answer((request, reply) -> reply.json(200, "{\"input_tokens\":3}"));

        HttpResponse<String> counted = gateway.postAs(
                        key, "/v1/messages/count_tokens", Calls.MESSAGE_STREAM.replace("\"stream\":true,", ""))
                .join();

        assertThat(counted.statusCode()).isEqualTo(200);
        assertThat(call(key).statusCode()).isEqualTo(429);
        assertThat(running.join().statusCode()).isEqualTo(200);
    }

    // row 15
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void a_lease_comes_back_once_whatever_became_of_the_call(String ledger) throws Exception {
        gateway = TestGateway.to(
                stub,
                database,
                "mehari.limits",
                ledger,
                "mehari.upstream.read-timeout",
                "1s",
                "mehari.breaker.threshold",
                "100");
        String key = key("concurrency = 1");
        assertThat(call(key).statusCode()).isEqualTo(200);
        assertThatTheNextOneIsServed(key);

        stub.answer((request, reply) -> reply.json(500, "{}"));
        assertThat(call(key).statusCode()).isEqualTo(500);
        assertThatTheNextOneIsServed(key);

        stub.answer((request, reply) -> reply.after(Duration.ofSeconds(9), () -> reply.json(200, "{}")));
        assertThat(call(key).statusCode()).isEqualTo(504);
        assertThatTheNextOneIsServed(key);

        stub.answer((request, reply) -> reply.reset());
        assertThat(call(key).statusCode()).isEqualTo(502);
        assertThatTheNextOneIsServed(key);

        stub.answer((request, reply) -> reply.sse().chunk("data: 1\n\n"));
        RawClient streaming = raw(key, CALL, Calls.CHAT_STREAM);
        streaming.readUntil("data: 1\n\n");
        assertThat(leases()).isEqualTo(1);
        assertThat(database.number("select count(*) from lease")).isEqualTo(ledger.equals("cluster") ? 1 : 0);
        streaming.kill();
        assertThatTheNextOneIsServed(key);

        answerAfter(Duration.ofSeconds(30));
        int closed = stub.closedConnections();
        RawClient waiting = raw(key, CALL, Calls.CHAT);
        await().until(() -> stub.inFlight() == 1);
        waiting.kill();
        await().atMost(Duration.ofSeconds(1)).until(() -> stub.closedConnections() > closed);
        assertThatTheNextOneIsServed(key);
    }

    // row 15
    @ParameterizedTest
    @CsvSource({
        "memory, to-admission-queue",
        "memory, prepare-upstream-request",
        "memory, meter-usage",
        "cluster, to-admission-queue",
        "cluster, prepare-upstream-request",
        "cluster, meter-usage"
    })
    void a_lease_comes_back_when_a_processor_breaks(String ledger, String step) throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        routes.insertBefore(step, BREAKING);
        startWith(ledger, "mehari.routes.dir", routes.folder().toString());
        String key = key("concurrency = 1");
        stub.answer((request, reply) ->
                reply.sse(BREAK, request.headers().get(BREAK, "no")).chunk("data: 1\n\n"));

        HttpResponse<String> broken =
                gateway.postAs(key, CALL, Calls.CHAT_STREAM, BREAK, "yes").join();

        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).doesNotContain(BROKEN);
        assertThatTheNextOneIsServed(key);
        await().atMost(Duration.ofSeconds(1)).until(() -> stub.inFlight() == 0);
        await().atMost(Duration.ofSeconds(1))
                .until(() -> gateway.metrics().path("active_requests").asInt() == 0);
    }

    private void assertThatTheNextOneIsServed(String key) {
        awaitNoLease();
        stub.answer((request, reply) -> reply.json(200, "{}"));
        assertThat(call(key).statusCode()).isEqualTo(200);
        awaitNoLease();
    }

    // row 17
    @Test
    void a_long_stream_stays_counted() throws Exception {
        start("mehari.limits.lease", "1s");
        String key = key("concurrency = 1");
        stub.answer((request, reply) -> reply.sse().chunk("data: 1\n\n"));
        RawClient stream = raw(key, CALL, Calls.CHAT_STREAM);
        stream.readUntil("data: 1\n\n");

        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(6))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> call(key).statusCode() == 429);
        stream.kill();
        awaitNoLease();
    }

    // row 3
    @ParameterizedTest
    @ValueSource(strings = {"memory", "cluster"})
    void what_calls_really_used_fills_windows_of_tokens_and_money(String ledger) throws Exception {
        database.execute("delete from model_price");
        database.execute("insert into model_price values ('*', 1000, 1000, 1000, 1000)");
        gateway = TestGateway.to(stub, database, "mehari.limits", ledger);
        stub.answer(
                (request, reply) -> reply.json(200, "{\"usage\":{\"prompt_tokens\":500,\"completion_tokens\":100}}"));
        String tokens = key("tokens = 1000, tokens_window_ms = 31622400000");
        String money = key("cost_daily = 1000000000");
        for (String key : List.of(tokens, money, tokens, money)) {
            assertThat(call(key).statusCode()).isEqualTo(200);
            awaitNoLease();
        }

        HttpResponse<String> tooManyTokens = call(tokens);
        HttpResponse<String> tooMuchMoney = call(money);

        assertThat(tooManyTokens.statusCode()).isEqualTo(429);
        JsonNode error = body(tooManyTokens).path("error");
        assertThat(error.path("code").asText()).isEqualTo("token_limit_exceeded");
        assertThat(error.path("current").asLong()).isEqualTo(1200);
        assertThat(error.path("limit").asLong()).isEqualTo(1000);
        assertThat(tooMuchMoney.statusCode()).isEqualTo(402);
        assertThat(body(tooMuchMoney).path("error").path("currentCost").decimalValue())
                .isEqualByComparingTo("1.2");
        assertThat(stub.requests()).hasSize(4);
    }

    // row 48
    @Test
    void a_budget_that_is_spent_is_told_with_402() throws Exception {
        start();
        String key = gateway.newKey("spent", 5);
        long today = Instant.now().toEpochMilli() / 86_400_000;
        database.execute("update api_key set cost_daily = 5000000000 where " + is(key));
        database.execute("update limit_state set day_window = " + today + ", day_used = 5250000000"
                + " where key_id = (select id from api_key where " + is(key) + ")");
        gateway.close();
        start();

        HttpResponse<String> openAi = call(key);
        HttpResponse<String> anthropic =
                gateway.postAs(key, "/v1/messages", Calls.MESSAGE_STREAM).join();

        assertThat(openAi.statusCode()).isEqualTo(402);
        JsonNode error = body(openAi).path("error");
        assertThat(error.path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(error.path("code").asText()).isEqualTo("daily_cost_limit_exceeded");
        assertThat(error.path("currentCost").decimalValue()).isEqualByComparingTo("5.25");
        assertThat(error.path("costLimit").decimalValue()).isEqualByComparingTo("5");
        assertThat(error.path("resetAt").asText())
                .isEqualTo(Instant.ofEpochMilli((today + 1) * 86_400_000).toString());
        assertThat(anthropic.statusCode()).isEqualTo(402);
        assertThat(body(anthropic).path("type").asText()).isEqualTo("error");
        assertThat(body(anthropic).path("error").path("type").asText()).isEqualTo("billing_error");
        assertThat(body(anthropic).path("error").path("costLimit").decimalValue())
                .isEqualByComparingTo("5");
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void a_restart_forgets_no_window() throws Exception {
        start();
        String key = key("requests = 2, requests_window_ms = 86400000");
        assertThat(call(key).statusCode()).isEqualTo(200);
        gateway.close();
        start();
        assertThat(call(key).statusCode()).isEqualTo(200);

        assertThat(call(key).statusCode()).isEqualTo(429);
    }

    @Test
    void a_limit_changed_in_the_database_counts_within_a_second() throws Exception {
        start();
        answerAfter(Duration.ofSeconds(2));
        String key = key("concurrency = 5");
        List<CompletableFuture<HttpResponse<String>>> two = send(key, 2);
        await().until(() -> stub.inFlight() == 2);

        database.execute("update api_key set concurrency = 2 where " + is(key));

        await().atMost(Duration.ofSeconds(1))
                .pollDelay(Duration.ofMillis(300))
                .until(() -> call(key).statusCode() == 429);
        assertThat(two).allMatch(sent -> sent.join().statusCode() == 200);
    }
}
