package dev.mehari.acceptance;

import static dev.mehari.acceptance.PooledCalls.CALL;
import static dev.mehari.acceptance.PooledCalls.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.storage.ServerPort;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.LlmStub.Hint;
import dev.mehari.testing.LlmStub.Refuse;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TokenStub;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database use one pool of credentials as one process would. */
class CredentialsOnTwoInstancesIT {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String MASTER_KEY = "a master key that both instances have";
    private static final long MILLI = 1_000_000;

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static LlmStub llm;
    private static MehariProcess here;
    private static MehariProcess there;
    private static PoolAdmin pool;
    private static PoolAdmin poolThere;
    private static String key;

    private final AtomicInteger number = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        llm = LlmStub.serving();
        here = instance("here");
        there = instance("there");
        here.awaitReady();
        there.awaitReady();
        pool = PoolAdmin.with(TOKEN, here.adminUrl().toString());
        poolThere = PoolAdmin.with(TOKEN, there.adminUrl().toString());
        key = database.newKey("pooled", 5);
    }

    @AfterAll
    static void close() {
        there.close();
        here.close();
        llm.close();
        database.close();
    }

    @BeforeEach
    void clear() throws Exception {
        PooledCalls.clear(database);
        llm.serveAll().uses().clear();
        PooledCalls.awaitInForce();
    }

    private static MehariProcess instance(String name) throws IOException {
        return start(name, database.url());
    }

    private static MehariProcess start(String name, String databaseUrl) throws IOException {
        return MehariProcess.start(
                Map.of(
                        "MEHARI_ADMIN_TOKEN",
                        TOKEN,
                        "MEHARI_CREDENTIALS_MASTER_KEY",
                        MASTER_KEY,
                        "MEHARI_CREDENTIALS_BAN",
                        "true",
                        "MEHARI_LISTEN_HOST",
                        "127.0.0.1"),
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve(name).toString(),
                "--db-url",
                databaseUrl);
    }

    private CompletableFuture<HttpResponse<String>> send(MehariProcess instance, String model) {
        HttpRequest request = HttpRequest.newBuilder(instance.url().resolve(CALL))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(chat(model, "call " + number.incrementAndGet())))
                .build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private List<HttpResponse<String>> onBoth(int each, String model) {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, each)
                .boxed()
                .flatMap(i -> Stream.of(send(here, model), send(there, model)))
                .toList();
        return sent.stream().map(CompletableFuture::join).toList();
    }

    private void awaitServedOnBoth() {
        await().atMost(Duration.ofSeconds(3))
                .until(() -> send(here, "m").join().statusCode() == 200
                        && send(there, "m").join().statusCode() == 200);
    }

    // row 80
    @Test
    void turns_of_a_rotation_are_shared() throws Exception {
        pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"", "choice", "\"rotation\"", "rotation_calls", "3");
        pool.apiKey("llm", "a", "sk-a");
        pool.apiKey("llm", "b", "sk-b");
        PooledCalls.awaitInForce();
        // Each instance is in a turn of its own; within whole turns of both, each credential has its share.
        awaitServedOnBoth();
        llm.uses().clear();

        assertThat(onBoth(30, "m")).allMatch(answer -> answer.statusCode() == 200);

        int a = llm.uses("sk-a").size();
        int b = llm.uses("sk-b").size();
        assertThat(a + b).isEqualTo(60);
        // What an instance has of a turn at the beginning or the end is not a whole one.
        assertThat(Math.abs(a - b)).isLessThanOrEqualTo(2 * 3);
    }

    // row 83
    @Test
    void a_ban_on_one_holds_on_the_other() throws Exception {
        pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"");
        String a = pool.apiKey("llm", "a", "sk-a", "priority", "10");
        pool.apiKey("llm", "b", "sk-b");
        PooledCalls.awaitInForce();
        llm.treat("sk-a", Refuse.with(403));
        await().atMost(Duration.ofSeconds(3)).until(() -> {
            send(here, "m").join();
            return !llm.uses("sk-a").isEmpty();
        });

        await().atMost(Duration.ofSeconds(2))
                .until(() -> !poolThere.credential(a).path("enabled").asBoolean());
        assertThat(database.text("select enabled from credential where id = " + a))
                .isEqualTo("f");
        await().atMost(Duration.ofSeconds(1)).until(() -> {
            int before = llm.uses("sk-a").size();
            send(there, "m").join();
            return llm.uses("sk-a").size() == before;
        });
        assertThat(send(there, "m").join().statusCode()).isEqualTo(200);
    }

    // row 83
    @Test
    void a_refused_grant_disables_on_both() throws Exception {
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1))) {
            tokens.answer(refresh -> new TokenStub.Refused("invalid_grant"));
            pool.upstream("llm", "openai", llm.port());
            String id = pool.oauth(
                    "llm",
                    "o",
                    tokens,
                    "stale",
                    "refresh-0123456789",
                    Instant.now().minusSeconds(60));
            PooledCalls.awaitInForce();

            onBoth(10, "m");

            await().atMost(Duration.ofSeconds(2))
                    .until(() -> !pool.credential(id).path("enabled").asBoolean()
                            && !poolThere.credential(id).path("enabled").asBoolean());
            assertThat(tokens.refreshes()).hasSize(1);
            assertThat(llm.uses()).isEmpty();
        }
    }

    // row 84
    @Test
    void fifty_calls_over_both_refresh_an_expired_token_once_and_others_do_not_wait() throws Exception {
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1)).after(Duration.ofSeconds(1))) {
            pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"", "models", "[\"m\"]");
            pool.oauth(
                    "llm",
                    "o",
                    tokens,
                    "stale",
                    "refresh-0123456789",
                    Instant.now().minusSeconds(60));
            pool.upstream("other", "openai", llm.port(), "models", "[\"other\"]");
            pool.apiKey("other", "b", "sk-b");
            PooledCalls.awaitInForce();
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> send(here, "other").join().statusCode() == 200
                            && send(there, "other").join().statusCode() == 200);
            llm.uses().clear();

            CompletableFuture<List<HttpResponse<String>>> fifty = CompletableFuture.supplyAsync(() -> onBoth(25, "m"));
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> tokens.refreshes().size() == 1);
            List<Long> waits = new ArrayList<>();
            while (!fifty.isDone() && waits.size() < 10) {
                long sent = System.nanoTime();
                assertThat(send(there, "other").join().statusCode()).isEqualTo(200);
                waits.add((System.nanoTime() - sent) / MILLI);
            }

            assertThat(fifty.join()).allMatch(answer -> answer.statusCode() == 200);
            assertThat(tokens.refreshes()).hasSize(1);
            assertThat(llm.uses().stream()
                            .filter(use -> use.model().equals("m"))
                            .map(LlmStub.Use::credential))
                    .hasSize(50)
                    .containsOnly(tokens.accessToken(1));
            assertThat(waits).isNotEmpty();
            // A refresh takes a second. On a machine that does other things, too, half of the calls have to take less
            // than half of it.
            assertThat(waits.stream().sorted().toList().get(waits.size() / 2)).isLessThan(500L);
        }
    }

    // row 84
    @Test
    void a_token_that_is_about_to_end_is_refreshed_ahead_and_used_until_then() throws Exception {
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1)).after(Duration.ofMillis(500))) {
            pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"");
            pool.oauth(
                    "llm",
                    "o",
                    tokens,
                    "old-token",
                    "refresh-0123456789",
                    Instant.now().plusSeconds(60));
            awaitServedOnBoth();

            await().atMost(Duration.ofSeconds(10)).until(() -> {
                assertThat(send(here, "m").join().statusCode()).isEqualTo(200);
                assertThat(send(there, "m").join().statusCode()).isEqualTo(200);
                int uses = llm.uses().size();
                return llm.credentials().subList(uses - 2, uses).stream().allMatch(tokens.accessToken(1)::equals);
            });
            assertThat(tokens.refreshes()).hasSize(1);
            assertThat(llm.credentials()).contains("old-token");
        }
    }

    // row 86
    @Test
    void a_hundred_cooldowns_from_both_are_all_kept() throws Exception {
        pool.upstream("llm", "openai", llm.port(), "sticky", "\"0s\"");
        pool.apiKey("llm", "a", "sk-a");
        PooledCalls.awaitInForce();
        awaitServedOnBoth();
        llm.treatOthers(use -> Refuse.with(429, Hint.QUOTA_RESET, Duration.ofHours(1)));

        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 100)
                .mapToObj(i -> send(i % 2 == 0 ? here : there, "model-" + i))
                .toList();
        assertThat(sent).allMatch(one -> one.join().statusCode() == 429);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> database.number("select count(*) from credential_bench") == 100);
        llm.serveAll();
        // Each hears of what the other has learnt.
        await().atMost(Duration.ofSeconds(3))
                .until(() -> send(here, "model-1").join().statusCode() == 503
                        && send(there, "model-0").join().statusCode() == 503);
        assertThat(send(here, "m").join().statusCode()).isEqualTo(200);
    }

    // row 86
    @Test
    void without_its_database_a_process_refuses_to_start() throws Exception {
        int unused = ServerPort.free(new SecureRandom());
        try (MehariProcess refused = start("refused", "jdbc:postgresql://127.0.0.1:" + unused + "/none")) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(Files.exists(folder.resolve("refused").resolve("postgres")))
                    .as("a silent other store")
                    .isFalse();
        }
    }
}
