package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.RoundRobin;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docker-compose.yml sets up, as plain processes: two instances, one PostgreSQL, a balancer in front. */
class TwoInstancesIT {
    private static final String KEY = "mh_" + "fedcba9876543210".repeat(4);

    @TempDir
    static Path folder;

    private static TestDatabase database;
    private static String initialKeyFile;
    private final ConcurrentLinkedQueue<StubUpstream.Reply> held = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void create() throws Exception {
        database = TestDatabase.create();
        initialKeyFile =
                Files.writeString(folder.resolve("initial-key"), KEY + "\n").toString();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private StubUpstream upstream() {
        return StubUpstream.answering((request, reply) -> {
            if (request.text().contains("\"stream\":true")) {
                reply.sse().chunk("data: 1\n\n");
                held.add(reply);
            } else {
                reply.json(200, "{}");
            }
        });
    }

    private static MehariProcess start(String name, StubUpstream stub, Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("MEHARI_DB_URL", database.url());
        environment.put("MEHARI_INITIAL_KEY_FILE", initialKeyFile);
        environment.put("MEHARI_TARGET_HOST", "127.0.0.1");
        environment.put("MEHARI_TARGET_PORT", Integer.toString(stub.port()));
        return MehariProcess.start(
                environment,
                "run",
                "--port",
                "0",
                "--admin-port",
                "0",
                "--data-dir",
                folder.resolve(name).toString());
    }

    private static RawClient.Answer chat(int port, String key) throws Exception {
        try (RawClient client = RawClient.connect(port)) {
            return client.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + key)
                    .answer();
        }
    }

    @Test
    void instances_that_start_together_share_one_database_and_its_keys() throws Exception {
        try (StubUpstream stub = upstream();
                MehariProcess one = start("one", stub, Map.of());
                MehariProcess two = start("two", stub, Map.of())) {
            one.awaitReady();
            two.awaitReady();
            List<Integer> ports = List.of(one.url().getPort(), two.url().getPort());

            for (int port : ports) {
                assertThat(chat(port, KEY).status()).isEqualTo(200);
                String made = database.newKey("made", 5);
                for (int other : ports) {
                    assertThat(chat(other, made).status()).isEqualTo(200);
                }
                assertThat(chat(port, "mh_" + "0".repeat(64)).status()).isEqualTo(401);
            }
            for (MehariProcess mehari : List.of(one, two)) {
                assertThat(mehari.text()).as("what stood in a file").doesNotContain(KEY);
            }
        }
    }

    @Test
    void a_clean_stop_lets_its_streams_finish_and_the_other_takes_new_calls() throws Exception {
        try (StubUpstream stub = upstream();
                MehariProcess one = start("one", stub, Map.of()).awaitReady();
                MehariProcess two = start("two", stub, Map.of()).awaitReady();
                RoundRobin balancer =
                        RoundRobin.over(one.url().getPort(), two.url().getPort())) {
            List<RawClient> streams = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                RawClient stream = RawClient.connect(balancer.port());
                stream.post("/v1/chat/completions", Calls.CHAT_STREAM, "Authorization", "Bearer " + KEY);
                stream.readUntil("data: 1\n\n\r\n");
                streams.add(stream);
            }
            assertThat(balancer.accepted()).as("one stream on each").containsExactly(1, 1);

            one.terminate();
            await().until(() -> chat(balancer.port(), KEY).status() == 200 && balancer.refusals() > 0);

            assertThat(IntStream.range(0, 20)
                            .mapToObj(i -> answer(balancer.port()))
                            .toList())
                    .allMatch(status -> status == 200);
            assertThat(one.isAlive()).isTrue();
            held.forEach(reply -> reply.after(
                    Duration.ZERO, () -> reply.chunk("data: [DONE]\n\n").end()));
            for (RawClient stream : streams) {
                assertThat(stream.readUntil("\r\n0\r\n\r\n")).contains("data: [DONE]");
                stream.close();
            }
            assertThat(one.exitCode()).isIn(0, 143);
            assertThat(answer(balancer.port())).isEqualTo(200);
        }
    }

    @Test
    void readiness_fails_for_the_time_of_notice_while_calls_are_still_taken() throws Exception {
        try (StubUpstream stub = upstream();
                MehariProcess mehari = start("one", stub, Map.of("MEHARI_SHUTDOWN_NOTICE", "3s"))
                        .awaitReady();
                RawClient kept = RawClient.connect(mehari.url().getPort())) {
            int port = mehari.url().getPort();
            int admin = mehari.adminUrl().getPort();
            assertThat(ready(admin)).isEqualTo(200);

            mehari.terminate();

            await().pollInterval(Duration.ofMillis(20)).until(() -> ready(admin) == 503);
            assertThat(chat(port, KEY).status()).as("on a new connection").isEqualTo(200);
            assertThat(kept.post("/v1/chat/completions", Calls.CHAT, "Authorization", "Bearer " + KEY)
                            .answer()
                            .status())
                    .as("on a kept connection")
                    .isEqualTo(200);
            assertThat(mehari.exitCode()).isIn(0, 143);
        }
    }

    private static int ready(int adminPort) throws Exception {
        try (RawClient client = RawClient.connect(adminPort)) {
            return client.get("/q/health/ready").answer().status();
        }
    }

    private static int answer(int port) {
        try {
            return chat(port, KEY).status();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
