package dev.mehari.acceptance;

import static dev.mehari.testing.Captures.awaitCapture;
import static dev.mehari.testing.Captures.capture;
import static dev.mehari.testing.Captures.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of captured bodies when something is missing: memory, the database, the old master key. */
class CaptureOutageIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path cluster;

    @Test
    void with_the_memory_full_captures_are_dropped_and_counted_and_calls_are_fine() throws Exception {
        try (TestDatabase own = TestDatabase.create();
                StubUpstream slow = StubUpstream.respondingWith(200);
                TestGateway small = TestGateway.to(slow, own, "mehari.capture.memory", "12KiB")) {
            String key = key(small, "full");
            List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
            slow.answer((request, reply) -> held.add(reply));
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(small.postAs(key, "/full", "x".repeat(4000)));
                int sent = i + 1;
                await().until(() -> held.size() == sent);
            }
            held.forEach(reply -> reply.json(200, "{}"));

            calls.forEach(call -> assertThat(call.join().statusCode()).isEqualTo(200));
            await().until(() -> metric(small, "mehari_capture_dropped_total{reason=\"memory\"}")
                            + metric(small, "mehari_captures_total{outcome=\"stored\"}")
                    == 4);
            assertThat(metric(small, "mehari_capture_dropped_total{reason=\"memory\"}"))
                    .isGreaterThanOrEqualTo(2);
            await().until(() -> metric(small, "mehari_capture_memory_bytes") == 0);

            slow.answer((request, reply) -> reply.json(200, "y".repeat(20_000)));
            assertThat(small.postAs(key, "/full", "{}").join().body()).hasSize(20_000);
            await().until(() -> metric(small, "mehari_capture_memory_bytes") == 0);
        }
    }

    @Test
    void with_the_database_away_captures_are_dropped_and_counted_and_calls_are_fine() throws Exception {
        try (OwnPostgres server = OwnPostgres.start(cluster);
                TestDatabase own = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway one = TestGateway.to(stub, own)) {
            String key = key(one, "away");
            one.setBySql("proxy.max_concurrent", "6");
            await("changes of keys are told before that of the setting")
                    .until(() -> one.metrics().path("max_concurrent").asInt() == 6);
            one.postAs(key, "/call", "{}", "X-Request-Id", "there").join();
            awaitCapture(one, "there");

            server.stop();
            for (int i = 0; i < 20; i++) {
                assertThat(one.postAs(key, "/call", "{}").join().statusCode()).isEqualTo(200);
            }

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> metric(one, "mehari_capture_dropped_total{reason=\"storage\"}") == 20);
            assertThat(metric(one, "mehari_capture_memory_bytes")).isZero();
            assertThat(metric(one, "mehari_captures_total{outcome=\"dropped\"}"))
                    .isEqualTo(20);
            assertThat(capture(one, "there").statusCode()).isEqualTo(503);

            server.startAgain();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> capture(one, "there").statusCode() == 200);
            one.postAs(key, "/call", "{}", "X-Request-Id", "back").join();
            awaitCapture(one, "back");
        }
    }

    @Test
    void comments_sent_to_a_waiting_client_are_part_of_what_it_got() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        try (TestDatabase own = TestDatabase.create();
                StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
                TestGateway one = TestGateway.to(
                        stub,
                        own,
                        "mehari.proxy.max-concurrent",
                        "1",
                        "mehari.proxy.queue-timeout",
                        "20s",
                        "mehari.queue.heartbeat",
                        "200ms");
                RawClient client = one.connect()) {
            String key = key(one, "waiting");
            CompletableFuture<HttpResponse<String>> first = one.post("/first", "{}");
            await().until(() -> held.size() == 1);
            client.post(
                    "/v1/chat/completions",
                    Calls.CHAT_STREAM,
                    "X-Request-Id",
                    "waiting-1",
                    "Authorization",
                    "Bearer " + key);
            client.readUntil(": waiting");
            held.get(0).json(200, "{}");
            first.join();
            await().until(() -> held.size() == 2);
            held.get(1).sse().chunk("data: [DONE]\n\n").end();

            JsonNode capture = awaitCapture(one, "waiting-1");
            assertThat(capture.at("/answer/text").asText())
                    .startsWith(": waiting\n\n")
                    .endsWith("data: [DONE]\n\n");
            assertThat(capture.at("/answer/content_type").asText()).startsWith("text/event-stream");
        }
    }

    @Test
    void after_a_new_master_key_older_captures_still_open_and_the_old_key_is_needed_no_more() throws Exception {
        try (TestDatabase own = TestDatabase.create()) {
            String old = "the first master key long enough to be one";
            String fresh = "the second master key long enough to be one";
            rotated(own, old, false, "rotated-1");
            rotated(own, fresh + "," + old, true, "rotated-2");
            assertThat(own.query("select distinct key_version from capture_key"))
                    .containsExactly("2");
            rotated(own, fresh, false, "rotated-3");
        }
    }

    private void rotated(TestDatabase own, String masterKey, boolean rotate, String id) throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway one = TestGateway.to(stub, own, "mehari.credentials.master-key", masterKey)) {
            String key = key(one, id);
            one.postAs(key, "/r", "{\"id\":\"" + id + "\"}", "X-Request-Id", id).join();
            awaitCapture(one, id);
            if (rotate) {
                assertThat(one.admin("POST", "/api/master-key/rotate", "").body())
                        .contains("\"version\":2", "\"sealed\":2", "\"left\":0");
                one.postAs(key, "/r", "{}", "X-Request-Id", id + "-after").join();
                awaitCapture(one, id + "-after");
            }
            for (String before : own.query("select request_id from captured_call order by at")) {
                assertThat(capture(one, before).statusCode()).as(before).isEqualTo(200);
            }
            assertThat(JSON.readTree(capture(one, "rotated-1").body())
                            .at("/request/text")
                            .asText())
                    .isEqualTo("{\"id\":\"rotated-1\"}");
        }
    }

    private static String key(TestGateway of, String name) throws Exception {
        HttpResponse<String> made =
                of.admin("POST", "/api/keys", "{\"name\":\"" + name + "\",\"capture\":\"all\",\"capture_for\":\"1h\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JSON.readTree(made.body()).path("key").asText();
    }
}
