package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a permit: who is let in next, who is turned away, and what those who wait hear. */
class QueueIT {
    private static TestDatabase database;

    /** Requests that the upstream has and will answer when told to. */
    private final LinkedBlockingQueue<StubUpstream.Reply> held = new LinkedBlockingQueue<>();

    private final List<RawClient> clients = new ArrayList<>();
    private StubUpstream stub;
    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void hold() {
        stub = StubUpstream.answering((request, reply) -> held.add(reply));
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        gateway.close();
        stub.close();
    }

    /** One permit, which is taken, and a queue of {@code maxQueue}. */
    private void startBusy(int maxQueue, String queueTimeout, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("mehari.proxy.max-concurrent", "1"));
        all.addAll(List.of("mehari.proxy.max-queue", Integer.toString(maxQueue)));
        all.addAll(List.of("mehari.proxy.queue-timeout", queueTimeout));
        gateway = TestGateway.to(stub, database, all.toArray(String[]::new));
        send(gateway.key(), "/busy");
        await().until(() -> held.size() == 1);
    }

    private RawClient send(String key, String path, String... headers) throws Exception {
        RawClient client = gateway.connect();
        clients.add(client);
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Authorization", "Bearer " + key));
        return client.post(path, "{}", all.toArray(String[]::new));
    }

    /** Sends, and returns when the request waits behind the others. */
    private RawClient queue(String key, String path, String... headers) throws Exception {
        int before = queued();
        RawClient client = send(key, path, headers);
        awaitQueued(before + 1);
        return client;
    }

    private void awaitQueued(int waiting) {
        await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(1)).until(() -> queued() == waiting);
    }

    private int queued() throws Exception {
        return gateway.metrics().path("queued_requests").asInt(-1);
    }

    /** Lets the upstream answer everything that it has and gets, one after another; returns the paths in order. */
    private List<String> servedAfterBusy(int requests) {
        stub.answer((request, reply) -> reply.json(200, "{}"));
        held.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
        await().until(() -> stub.requests().size() == requests + 1);
        return stub.requests().stream().map(StubUpstream.Request::uri).skip(1).toList();
    }

    @Test
    void what_is_rejected_has_not_entered() throws Exception {
        startBusy(1, "5s");
        queue(gateway.key(), "/second");
        assertThat(send(gateway.key(), "/third").answer().status()).isEqualTo(503);

        assertThat(gateway.admin("GET", "/api/queue", "").body())
                .contains("\"waiting\":1,\"entered\":2,\"success\":1,", "\"rejected\":1,");
    }

    // row 7
    @Test
    void a_full_queue_refuses_at_once_and_says_when_to_come_back() throws Exception {
        startBusy(2, "5s");
        queue(gateway.key(), "/second");
        queue(gateway.key(), "/third");
        int rejectedBefore = gateway.metrics().path("queue_rejected").asInt(-1);

        long started = System.nanoTime();
        RawClient.Answer answer = send(gateway.key(), "/v1/models/fourth").answer();

        assertThat(since(started)).isLessThan(Duration.ofMillis(100));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("queue_full");
        assertThat(answer.headers().get("retry-after")).matches("[1-9]\\d*");
        assertThat(gateway.metrics().path("queue_rejected").asInt()).isEqualTo(rejectedBefore + 1);
    }

    // row 8
    @Test
    void waiting_ends_with_a_refusal_when_the_queue_timeout_is_over() throws Exception {
        startBusy(10, "600ms");

        long started = System.nanoTime();
        RawClient.Answer answer = send(gateway.key(), "/second").answer();

        assertThat(since(started)).isBetween(Duration.ofMillis(600), Duration.ofMillis(1_100));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("queue_timeout");
        assertThat(answer.headers()).containsKey("retry-after");
        assertThat(stub.requests()).hasSize(1);
    }

    // row 9
    @Test
    void higher_priority_is_served_first() throws Exception {
        startBusy(10, "10s");
        queue(gateway.newKey("low", 1), "/low");
        queue(gateway.newKey("middle", 5), "/middle");
        queue(gateway.newKey("high", 9), "/high");

        assertThat(servedAfterBusy(3)).containsExactly("/high", "/middle", "/low");
    }

    @Test
    void a_request_may_lower_its_priority_but_not_raise_it() throws Exception {
        startBusy(10, "10s");
        queue(gateway.newKey("high", 9), "/lowered", "X-Mehari-Priority", "2");
        queue(gateway.newKey("low", 1), "/raised", "X-Mehari-Priority", "9");
        queue(gateway.newKey("middle", 5), "/middle");

        assertThat(servedAfterBusy(3)).containsExactly("/middle", "/lowered", "/raised");
    }

    // row 10
    @Test
    void within_a_priority_first_come_is_first_served() throws Exception {
        startBusy(20, "10s");
        List<String> sent = new ArrayList<>();
        for (char id = 'a'; id <= 'j'; id++) {
            queue(gateway.key(), "/" + id);
            sent.add("/" + id);
        }

        assertThat(servedAfterBusy(10)).containsExactlyElementsOf(sent);
    }

    // row 10
    @Test
    void a_newcomer_never_passes_one_who_waits() throws Exception {
        startBusy(20, "10s");
        queue(gateway.key(), "/waiting");

        // Each answer frees the permit while its caller's next request is on its way already.
        stub.answer((request, reply) -> reply.json(200, "{}"));
        StubUpstream.Reply busy = held.take();
        RawClient newcomer = gateway.connect();
        clients.add(newcomer);
        busy.after(Duration.ZERO, () -> busy.json(200, "{}"));
        for (int i = 0; i < 20; i++) {
            newcomer.post("/newcomer", "{}", "Authorization", "Bearer " + gateway.key());
            assertThat(newcomer.answer().status()).isEqualTo(200);
        }

        assertThat(stub.requests().get(1).uri()).isEqualTo("/waiting");
    }

    // row 10
    @Test
    void steady_high_priority_does_not_starve_low() throws Exception {
        startBusy(50, "2s");
        String high = gateway.newKey("high", 9);
        stub.answer((request, reply) -> reply.after(Duration.ofMillis(20), () -> reply.json(200, "{}")));
        long started = System.nanoTime();
        RawClient low = queue(gateway.newKey("low", 0), "/low");
        List<CompletableFuture<Void>> steady = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            steady.add(keepAsking(high, started + Duration.ofMillis(2_500).toNanos()));
        }
        StubUpstream.Reply busy = held.take();
        busy.after(Duration.ZERO, () -> busy.json(200, "{}"));

        RawClient.Answer answer = low.answer();

        assertThat(since(started)).isLessThan(Duration.ofMillis(2_500));
        assertThat(answer.status()).isIn(200, 503);
        steady.forEach(CompletableFuture::join);
    }

    private CompletableFuture<Void> keepAsking(String key, long until) {
        return gateway.postAs(key, "/high", "{}")
                .thenCompose(answer -> System.nanoTime() - until < 0
                        ? keepAsking(key, until)
                        : CompletableFuture.completedFuture(null));
    }

    @Test
    void keys_of_one_priority_take_turns_however_much_each_asks() throws Exception {
        startBusy(20, "10s");
        String greedy = gateway.newKey("greedy", 5);
        String modest = gateway.newKey("modest", 5);
        for (int i = 0; i < 6; i++) {
            queue(greedy, "/greedy");
        }
        queue(modest, "/modest");
        queue(modest, "/modest");

        List<String> served = servedAfterBusy(8);

        assertThat(served.subList(0, 4)).containsExactlyInAnyOrder("/greedy", "/modest", "/greedy", "/modest");
    }

    @Test
    void a_key_that_fills_the_queue_makes_room_for_another() throws Exception {
        startBusy(4, "10s");
        String greedy = gateway.newKey("greedy", 5);
        RawClient youngest = null;
        for (int i = 0; i < 4; i++) {
            youngest = queue(greedy, "/greedy");
        }
        send(gateway.newKey("modest", 5), "/modest");

        assertThat(youngest.answer().status()).isEqualTo(503);
        assertThat(servedAfterBusy(4)).contains("/modest");
    }

    // row 11
    @Test
    void a_client_that_leaves_the_queue_is_gone_from_it() throws Exception {
        startBusy(10, "10s");
        queue(gateway.key(), "/first");
        RawClient middle = queue(gateway.key(), "/middle");
        queue(gateway.key(), "/last");
        int before = gateway.metrics().path("queue_cancelled").asInt(-1);

        middle.kill();

        awaitQueued(2);
        assertThat(gateway.metrics().path("queue_cancelled").asInt()).isEqualTo(before + 1);
        assertThat(servedAfterBusy(2)).containsExactly("/first", "/last");
    }

    @Test
    void a_client_says_how_long_it_waits_at_most() throws Exception {
        startBusy(10, "5s");

        long started = System.nanoTime();
        RawClient.Answer answer =
                send(gateway.key(), "/second", "X-Request-Timeout", "0.3").answer();

        assertThat(since(started)).isBetween(Duration.ofMillis(300), Duration.ofMillis(800));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void a_client_does_not_make_the_queue_timeout_longer() throws Exception {
        startBusy(10, "300ms");

        long started = System.nanoTime();
        assertThat(send(gateway.key(), "/second", "X-Request-Timeout", "60")
                        .answer()
                        .status())
                .isEqualTo(503);
        assertThat(since(started)).isBetween(Duration.ofMillis(300), Duration.ofMillis(800));
    }

    @Test
    void when_to_come_back_is_told_from_the_rate_at_which_calls_end() throws Exception {
        startBusy(40, "20s");
        for (int i = 0; i < 40; i++) {
            send(gateway.key(), "/waiting");
        }
        awaitQueued(40);
        RawClient.Answer unknownRate = send(gateway.key(), "/refused").answer();
        assertThat(unknownRate.headers()).as("no call has ended yet").containsEntry("retry-after", "20");

        // 30 calls of 50 ms each: after that, the rate is known.
        for (int i = 0; i < 30; i++) {
            StubUpstream.Reply reply = held.poll(5, TimeUnit.SECONDS);
            reply.after(Duration.ofMillis(50), () -> reply.json(200, "{}"));
        }
        held.take();
        for (int i = queued(); i < 39; i++) {
            send(gateway.key(), "/waiting");
        }
        awaitQueued(39);
        RawClient.Answer hopeless =
                send(gateway.key(), "/hopeless", "X-Request-Timeout", "300ms").answer();
        queue(gateway.key(), "/waiting");
        RawClient.Answer refused = send(gateway.key(), "/refused").answer();

        // 41 times 50 ms and what the machine adds.
        assertThat(Integer.parseInt(refused.headers().get("retry-after"))).isBetween(2, 10);
        assertThat(hopeless.status()).isEqualTo(503);
        assertThat(hopeless.body()).as("refused on arrival").contains("deadline_unreachable");
    }

    @Test
    void a_streaming_caller_hears_from_us_while_it_waits() throws Exception {
        startBusy(10, "10s", "mehari.queue.heartbeat", "100ms");
        RawClient client = gateway.connect();
        clients.add(client);
        client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + gateway.key());
        String head = client.readUntil("\r\n\r\n");
        String waiting = client.readUntil("\n\n") + client.readUntil("\n\n");
        stub.answer((request, reply) -> reply.sse().chunk("data: 1\n\n").end());
        StubUpstream.Reply busy = held.take();
        busy.after(Duration.ZERO, () -> busy.json(200, "{}"));
        String stream = client.readUntil("0\r\n\r\n");

        assertThat(head).startsWith("HTTP/1.1 200").containsIgnoringCase("content-type: text/event-stream");
        assertThat(waiting.lines().filter(line -> line.startsWith(":"))).hasSizeGreaterThanOrEqualTo(2);
        assertThat(stream).contains("data: 1\n\n");
    }

    @Test
    void a_refusal_after_a_heartbeat_is_an_error_event_in_the_dialect_called() throws Exception {
        startBusy(10, "400ms", "mehari.queue.heartbeat", "100ms");
        RawClient openAi = gateway.connect();
        RawClient anthropic = gateway.connect();
        clients.addAll(List.of(openAi, anthropic));
        openAi.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + gateway.key());
        anthropic.post("/v1/messages", Calls.MESSAGE_STREAM, "x-api-key", gateway.key());
        RawClient.Answer toOpenAi = openAi.answer();
        RawClient.Answer toAnthropic = anthropic.answer();

        assertThat(toOpenAi.status()).isEqualTo(200);
        assertThat(toOpenAi.body())
                .startsWith(":")
                .contains("data: {\"error\":{")
                .contains("queue_timeout");
        assertThat(toOpenAi.body()).doesNotContain("[DONE]");
        assertThat(toOpenAi.cleanEnd()).as("a clean end").isFalse();
        assertThat(toAnthropic.body())
                .startsWith(":")
                .contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"");
    }

    @Test
    void an_upstreams_error_after_a_heartbeat_is_an_error_event_too() throws Exception {
        startBusy(10, "10s", "mehari.queue.heartbeat", "100ms");
        RawClient client = gateway.connect();
        clients.add(client);
        client.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + gateway.key());
        client.readUntil("\n\n");
        stub.answer((request, reply) -> reply.json(429, "{\"error\":{\"message\":\"slow down\"}}"));
        StubUpstream.Reply busy = held.take();
        busy.after(Duration.ZERO, () -> busy.json(200, "{}"));

        assertThat(client.readAll())
                .contains("data: {\"error\":{\"message\":\"slow down\"}}\n\n")
                .doesNotContain("\r\n0\r\n");
    }

    /** What the client of a call gets that has had a heartbeat before the upstream answered so. */
    private String toldAfterAHeartbeat(String path, String body, StubUpstream.Script script) throws Exception {
        startBusy(10, "10s", "mehari.queue.heartbeat", "100ms");
        RawClient client = gateway.connect();
        clients.add(client);
        client.post(path, body, "Authorization", "Bearer " + gateway.key());
        client.readUntil("\n\n");
        stub.answer(script);
        StubUpstream.Reply busy = held.take();
        busy.after(Duration.ZERO, () -> busy.json(200, "{}"));
        return client.readAll();
    }

    @Test
    void what_an_upstream_has_against_a_request_is_told_in_its_own_words_after_a_heartbeat() throws Exception {
        String told = toldAfterAHeartbeat(
                "/v1/chat/completions",
                Calls.CHAT_STREAM,
                (request, reply) -> reply.json(
                        400,
                        "{\n  \"error\": {\n    \"message\": \"too long\",\n    \"type\": \"invalid_request_error\"\n  }\n}"));

        assertThat(told)
                .contains("data: {\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\"}}\n\n");
        assertThat(gateway.metricsWith(0).path("failed_requests").asInt()).isEqualTo(1);
    }

    @Test
    void what_an_upstream_has_against_a_message_is_told_in_its_own_words_after_a_heartbeat() throws Exception {
        String error = "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"too long\"}}";
        String told =
                toldAfterAHeartbeat("/v1/messages", Calls.MESSAGE_STREAM, (request, reply) -> reply.json(400, error));

        assertThat(told).contains("event: error\ndata: " + error + "\n\n");
    }

    @Test
    void an_upstream_that_has_no_words_is_told_by_its_status_after_a_heartbeat() throws Exception {
        String told = toldAfterAHeartbeat(
                "/v1/chat/completions",
                Calls.CHAT_STREAM,
                (request, reply) -> reply.bytes(422, "text/html", "<p>no".getBytes(StandardCharsets.UTF_8)));

        assertThat(told).contains("\"message\":\"The upstream answered 422\",\"type\":\"invalid_request_error\"");
    }

    @Test
    void a_failure_that_another_try_got_over_is_not_told_after_a_heartbeat() throws Exception {
        List<Boolean> asked = new CopyOnWriteArrayList<>();
        String told = toldAfterAHeartbeat("/v1/responses", Calls.CHAT_STREAM, (request, reply) -> {
            asked.add(true);
            reply.json(
                    asked.size() == 1 ? 503 : 400,
                    "{\"error\":{\"message\":\"number " + asked.size() + "\",\"code\":\"no\",\"param\":\"input\"}}");
        });

        assertThat(told)
                .contains(
                        "event: error\ndata: {\"type\":\"error\",\"code\":\"no\",\"message\":\"number 2\",\"param\":\"input\","
                                + "\"sequence_number\":0}\n\n");
    }

    @Test
    void a_caller_that_does_not_stream_waits_in_silence() throws Exception {
        startBusy(10, "400ms", "mehari.queue.heartbeat", "100ms");
        RawClient client = gateway.connect();
        clients.add(client);
        client.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + gateway.key());

        RawClient.Answer answer = client.answer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().get("content-type")).startsWith("application/json");
    }

    @Test
    void an_answer_says_how_long_its_request_waited() throws Exception {
        startBusy(10, "10s");
        long started = System.nanoTime();
        RawClient waiting = queue(gateway.key(), "/waiting");
        await().pollDelay(Duration.ofMillis(100)).until(() -> true);
        servedAfterBusy(1);
        HttpResponse<String> atOnce = gateway.post("/at-once", "{}").join();

        long waited = Long.parseLong(waiting.answer().headers().get("x-mehari-queue-ms"));
        assertThat(waited).isBetween(100L, since(started).toMillis());
        assertThat(atOnce.headers().firstValue("X-Mehari-Queue-Ms")).contains("0");
    }

    private static Duration since(long started) {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
