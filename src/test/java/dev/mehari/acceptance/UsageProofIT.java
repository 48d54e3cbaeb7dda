package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.testing.BilledUpstream;
import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of calls beside what upstreams would bill for them. */
class UsageProofIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final List<String> TOLD = List.of("whole", "stream", "refused", "failing", "worked");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String KEPT = """
            select concat_ws(' ', split_part(k.name, '-', 1), u.model, u.upstream, c.name, sum(u.calls), sum(u.estimated_calls),
                sum(u.input_tokens), sum(u.cached_tokens), sum(u.output_tokens))
            from usage_by_day u join api_key k on k.id = u.key_id join credential c on c.id = u.credential_id
            where u.model in ('whole', 'stream', 'refused', 'failing', 'worked')
            group by k.name, u.model, u.upstream, c.name
            """;

    @TempDir
    Path cluster;

    private final BilledUpstream first = new BilledUpstream(true);
    private final BilledUpstream second = new BilledUpstream(false);
    private final List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    private final List<CompletableFuture<HttpResponse<String>>> cut = new ArrayList<>();
    private OwnPostgres server;
    private TestDatabase database;
    private TestGateway gateway;
    private Map<String, String> keys;

    @BeforeEach
    void start() throws Exception {
        server = OwnPostgres.start(cluster);
        database = TestDatabase.createOn(server.url());
        gateway = TestGateway.simulated(
                database,
                "mehari.retry.backoff",
                "20ms",
                "mehari.retry.max",
                "4",
                "mehari.retry.budget",
                "100",
                "mehari.breaker.threshold",
                "10000");
        gateway.pool().benchRules(List.of());
        gateway.pool().upstream("first", "openai", first.port(), "priority", "10");
        gateway.pool().upstream("second", "openai", second.port(), "priority", "50");
        gateway.pool().apiKey("first", "a", "sk-a");
        gateway.pool().apiKey("first", "b", "sk-b");
        gateway.pool().apiKey("second", "c", "sk-c");
        keys = Map.of("alice", gateway.newKey("alice", 5), "bob", gateway.newKey("bob", 5));
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
        first.close();
        second.close();
        database.close();
        server.close();
    }

    // row 53
    @Test
    void keeps_what_upstreams_say_they_served_to_the_token_and_marks_the_rest() throws Exception {
        calls(0, 20);
        answered();
        calls(20, 40);
        server.stop();
        calls(40, 60);
        answered();
        server.startAgain();
        calls(60, 80);
        answered();
        List<String> billed = bill("first", first);
        billed.addAll(bill("second", second));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(database.query(KEPT)).containsExactlyInAnyOrderElementsOf(billed));

        // Of 80 numbers every fourth, of either key.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(database.query("select concat_ws(' ', model, sum(calls),"
                                + " sum(estimated_calls), min(input_tokens / calls) > 0) from usage_by_day"
                                + " where model in ('cut', 'open', 'silent') group by model order by model"))
                        .containsExactly("cut 40 40 t", "open 40 40 t", "silent 40 40 t"));
        assertThat(first.bill().keySet())
                .extracting(BilledUpstream.Line::credential)
                .contains("sk-a", "sk-b");
        assertThat(second.bill().keySet())
                .extracting(BilledUpstream.Line::model)
                .contains("failing");
    }

    // row 53
    @Test
    void charges_limits_with_what_is_kept() throws Exception {
        database.execute("update api_key set tokens = 1000000000, tokens_window_ms = 31622400000");
        PooledCalls.awaitInForce();
        calls(0, 3);
        answered();

        long billed = Stream.of(first, second)
                .flatMap(upstream -> upstream.bill().values().stream())
                .mapToLong(BilledUpstream.Used::answers)
                .sum();
        // Of three numbers one is among those that are abandoned, in three ways, by either key.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(database.number("select sum(calls) from usage_by_day"))
                        .isEqualTo(Math.toIntExact(billed + 6)));
        for (String user : List.of("alice", "bob")) {
            int id = database.number("select id from api_key where name like '" + user + "-%'");
            int kept = database.number("select sum(input_tokens + cached_tokens + output_tokens) from usage_by_day"
                    + " where key_id = " + id);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(charged(id)).isEqualTo(kept));
        }
    }

    private int charged(int key) throws Exception {
        String use = gateway.admin("GET", "/api/keys/" + key + "/use", "").body();
        for (JsonNode limit : PooledCalls.json(use).path("limits")) {
            if (limit.path("kind").asText().equals("tokens")) {
                return limit.path("used").asInt();
            }
        }
        throw new AssertionError(use);
    }

    /** Of both keys, each model once for every number, but those that nobody answers for every other. */
    private void calls(int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            for (String user : List.of("alice", "bob")) {
                for (String model : TOLD) {
                    sent.add(gateway.postAs(keys.get(user), CHAT, BilledUpstream.call(user, number, model)));
                }
                if (number % 4 == 0) {
                    abandoned(user, number);
                }
            }
        }
    }

    private void abandoned(String user, int number) throws Exception {
        cut.add(gateway.postAs(keys.get(user), CHAT, BilledUpstream.call(user, number, "cut")));
        try (RawClient client = gateway.connect()) {
            post(client, user, BilledUpstream.call(user, number, "open"));
            client.readUntil("Hello you");
            client.kill();
        }
        try (RawClient client = gateway.connect()) {
            post(client, user, BilledUpstream.call(user, number, "silent"));
            // The first is left alone for a while once calls kept failing there.
            await().atMost(PATIENCE)
                    .until(() -> first.has(user, number, "silent") || second.has(user, number, "silent"));
            client.kill();
        }
    }

    private void post(RawClient client, String user, String body) throws Exception {
        client.post(CHAT, body, "Authorization", "Bearer " + keys.get(user));
    }

    /** Returns when all calls have been answered so far, well where that could be. */
    private void answered() {
        assertThat(sent)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(cut)
                .allSatisfy(answer ->
                        assertThat(answer.handle((whole, broken) -> 0).join()).isZero());
    }

    /** Lines as {@link #KEPT} selects them. */
    private static List<String> bill(String upstream, BilledUpstream of) {
        List<String> lines = new ArrayList<>();
        of.bill()
                .forEach((line, used) -> lines.add(String.join(
                        " ",
                        line.user(),
                        line.model(),
                        upstream,
                        line.credential().substring(3),
                        used.answers() + " 0",
                        used.input() + " " + used.cached() + " " + used.output())));
        return lines;
    }
}
