package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database hold a key to its limits as one would. The first stays; each test has its own second. */
@SuppressWarnings("try") // some streams are only held open
class SharedLimitsIT {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration LEASE = Duration.ofSeconds(3);

    @TempDir
    static Path folder;

    private static TestDatabase database;
    private static StubUpstream stub;
    private static MehariProcess first;
    private final List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.respondingWith(200);
        first = instance("first", Map.of());
    }

    @AfterAll
    static void stop() {
        first.close();
        stub.close();
        database.close();
    }

    @BeforeEach
    void hold() {
        stub.answer((request, reply) -> {
            held.add(reply);
            reply.sse().chunk("data: 1\n\n");
        });
    }

    private static MehariProcess instance(String name, Map<String, String> settings) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "MEHARI_LIMITS_LEASE",
                LEASE.toSeconds() + "s",
                "MEHARI_SHUTDOWN_DRAIN",
                "1s",
                "MEHARI_LISTEN_HOST",
                "127.0.0.1"));
        environment.putAll(settings);
        return MehariProcess.start(
                        environment,
                        "run",
                        "--port",
                        "0",
                        "--admin-port",
                        "0",
                        "--data-dir",
                        folder.resolve(name).toString(),
                        "--db-url",
                        database.url(),
                        "--target-host",
                        "127.0.0.1",
                        "--target-port",
                        Integer.toString(stub.port()))
                .awaitReady();
    }

    private static String keyWithConcurrency(int concurrency) {
        String key = database.newKey("limited", 5);
        database.execute("update api_key set concurrency = " + concurrency + " where key_hash = encode(sha256('" + key
                + "'), 'hex')");
        return key;
    }

    private static CompletableFuture<HttpResponse<String>> call(MehariProcess instance, String key) {
        HttpRequest request = HttpRequest.newBuilder(instance.url().resolve("/call"))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int status(MehariProcess instance, String key) {
        return call(instance, key).join().statusCode();
    }

    private static RawClient stream(MehariProcess instance, String key) throws IOException {
        RawClient client = RawClient.connect(instance.url().getPort());
        client.post("/call", "{}", "Authorization", "Bearer " + key).readUntil("data: 1\n\n");
        return client;
    }

    private static int leases(String key) {
        return database.number("select count(*) from lease join api_key on api_key.id = lease.key_id"
                + " where lease.expires_at > clock_timestamp() and key_hash = encode(sha256('" + key + "'), 'hex')");
    }

    // row 14
    @Test
    void a_limit_of_two_is_two_for_both_together() throws Exception {
        try (MehariProcess second = instance("second", Map.of())) {
            String key = keyWithConcurrency(2);
            int before = stub.requests().size();
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(call(first, key));
                calls.add(call(second, key));
            }

            await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 8);
            assertThat(calls.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                    .allSatisfy(refused -> {
                        assertThat(refused.statusCode()).isEqualTo(429);
                        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
                        assertThat(refused.body())
                                .contains("\"error\":\"Concurrency limit exceeded\"", "\"concurrencyLimit\":2");
                    });
            assertThat(stub.requests().size() - before).isEqualTo(2);

            held.forEach(StubUpstream.Reply::end);
            calls.forEach(CompletableFuture::join);
            await().atMost(Duration.ofSeconds(1)).until(() -> leases(key) == 0);
        }
    }

    // row 16
    @Test
    void the_slot_of_a_killed_instance_is_free_after_the_lease_and_not_before() throws Exception {
        String key = keyWithConcurrency(1);
        try (MehariProcess second = instance("killed", Map.of());
                RawClient ignored = stream(second, key)) {
            stub.answer((request, reply) -> reply.json(200, "{}"));
            long killed = System.nanoTime();
            second.kill();

            await().atMost(LEASE.plusSeconds(3))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> status(first, key) == 200);

            // A lease is renewed every third of it, so that what is left of it at the kill is two thirds at least.
            assertThat(Duration.ofNanos(System.nanoTime() - killed))
                    .isBetween(LEASE.multipliedBy(2).dividedBy(3).minusMillis(200), LEASE.plusSeconds(1));
        }
    }

    // row 17
    @Test
    void a_stream_of_three_leases_is_counted_to_its_end() throws Exception {
        String key = keyWithConcurrency(1);
        try (MehariProcess second = instance("short-lease", Map.of("MEHARI_LIMITS_LEASE", "1s"));
                RawClient client = stream(second, key)) {
            long begun = System.nanoTime();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        assertThat(status(first, key)).isEqualTo(429);
                        return System.nanoTime() - begun
                                > Duration.ofMillis(3_300).toNanos();
                    });

            held.get(0).end();
            client.readUntil("\r\n0\r\n\r\n");
            stub.answer((request, reply) -> reply.json(200, "{}"));
            await().atMost(Duration.ofSeconds(1)).until(() -> status(first, key) == 200);
        }
    }

    // row 18
    @Test
    void a_clean_stop_gives_back_its_own_slots_and_nobody_elses() throws Exception {
        String key = keyWithConcurrency(2);
        try (MehariProcess second = instance("stopped", Map.of());
                RawClient ignored = stream(first, key);
                RawClient theirs = stream(second, key)) {
            assertThat(leases(key)).isEqualTo(2);

            stub.answer((request, reply) -> reply.json(200, "{}"));
            second.terminate();
            assertThat(second.exitCode()).isIn(0, 143);

            assertThat(leases(key)).isEqualTo(1);
            assertThat(status(first, key)).as("the slot of the stopped one").isEqualTo(200);
            theirs.readAll();
        }
        await().atMost(Duration.ofSeconds(1)).until(() -> leases(key) == 0);
    }

    // row 45
    @Test
    void a_changed_limit_is_in_force_on_both_within_a_second() throws Exception {
        String key = keyWithConcurrency(1);
        try (MehariProcess second = instance("edited", Map.of());
                RawClient ignored = stream(first, key)) {
            assertThat(status(first, key)).isEqualTo(429);
            assertThat(status(second, key)).isEqualTo(429);
            stub.answer((request, reply) -> reply.json(200, "{}"));

            edit(second, id(key), "{\"limits\":{\"concurrency\":2}}");

            await().atMost(Duration.ofSeconds(1)).until(() -> status(first, key) == 200 && status(second, key) == 200);
            edit(first, id(key), "{\"limits\":{\"concurrency\":1}}");
            await().atMost(Duration.ofSeconds(1)).until(() -> status(first, key) == 429 && status(second, key) == 429);
        }
    }

    private static String id(String key) {
        return Integer.toString(
                database.number("select id from api_key where key_hash = encode(sha256('" + key + "'), 'hex')"));
    }

    private static void edit(MehariProcess instance, String id, String change) throws Exception {
        String token = Files.readString(
                folder.resolve(instance == first ? "first" : "edited").resolve("admin-token"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(instance.adminUrl() + "/api/keys/" + id))
                .header("Authorization", "Bearer " + token.strip())
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(change))
                .build();
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }
}
