package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that there are not: they reach nothing, and trying them is slow for whoever tries and for nobody else. */
class KeyGuessingIT {
    private static TestDatabase database;
    private static StubUpstream stub;

    private TestGateway gateway;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
    }

    @AfterAll
    static void closeAll() {
        stub.close();
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        stub.requests().clear();
        gateway = TestGateway.to(stub, database);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    // row 46
    @Test
    void an_unknown_key_reaches_nothing_on_any_path() {
        List<CompletableFuture<HttpResponse<String>>> sent = Stream.of(
                        "/v1/chat/completions",
                        "/v1/responses",
                        "/v1/embeddings",
                        "/v1/messages",
                        "/v1/messages/count_tokens",
                        "/v1/models",
                        "/v1/files",
                        "/any/path",
                        "/")
                .map(path -> gateway.postAs("mh_" + "0".repeat(64), path, "{\"model\":\"m\"}"))
                .toList();

        for (CompletableFuture<HttpResponse<String>> answer : sent) {
            assertThat(answer.join().statusCode()).isEqualTo(401);
            assertThat(answer.join().headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void whoever_tries_keys_waits_longer_and_longer() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            long begun = System.nanoTime();
            assertThat(status("mh_guess-" + i)).isEqualTo(401);
            waits.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        }

        assertThat(waits.get(4)).as("%s", waits).isGreaterThanOrEqualTo(200);
        assertThat(waits.get(6)).as("%s", waits).isGreaterThanOrEqualTo(800);
    }

    @Test
    void valid_keys_from_the_same_address_wait_for_no_guesses() {
        String neverSeen = gateway.newKey("never seen", 5);
        List<CompletableFuture<HttpResponse<String>>> guesses = IntStream.range(0, 500)
                .mapToObj(i -> gateway.postAs("mh_guess-" + i, "/call", "{}"))
                .toList();

        long begun = System.nanoTime();
        assertThat(status(neverSeen)).isEqualTo(200);
        assertThat(status(gateway.key())).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        assertThat(guesses).anyMatch(guess -> !guess.isDone());
        guesses.forEach(guess -> assertThat(guess.join().statusCode()).isEqualTo(401));
    }

    @Test
    void a_client_that_leaves_does_not_stay_behind_waiting_for_its_refusal() throws Exception {
        for (int i = 0; i < 8; i++) {
            RawClient client = gateway.connect();
            client.post("/call", "{}", "x-api-key", "mh_guess-" + i);
            if (i < 3) {
                assertThat(client.answer().status()).isEqualTo(401);
            }
            client.kill();
        }

        await().atMost(Duration.ofSeconds(2))
                .until(() -> gateway.metrics().path("total_requests").asInt() >= 8);
    }

    private int status(String key) {
        return gateway.postAs(key, "/call", "{}").join().statusCode();
    }
}
