package dev.mehari.routes;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes that are exchanged again and again under load; {@code bench/swaps} does it 1,000 times. */
class SwapsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SWAPS = Integer.getInteger("mehari.swaps", 150);
    private static final int EVENTS = 20;
    private static final int CALLERS = 4;
    private static final int STREAMS = 4;

    private static TestDatabase database;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private StubUpstream stub;
    private EditedRoutes routes;
    private TestGateway gateway;
    private String forward;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        stub = StubUpstream.answering((request, reply) -> {
            if (request.text().contains("stream")) {
                event(reply.sse(), 0);
            } else {
                reply.json(200, "{\"ok\":true}");
            }
        });
        routes = EditedRoutes.copy();
        routes.insertBefore("meter-usage", "- setHeader:\n    name: X-Swap\n    constant: none\n");
        forward = Files.readString(file("forward"));
        gateway = TestGateway.to(
                stub, database, "mehari.routes.dir", routes.folder().toString(), "mehari.routes.reload", "false");
    }

    @AfterEach
    void close() {
        gateway.close();
        stub.close();
    }

    private static void event(StubUpstream.Reply reply, int number) {
        if (number == EVENTS) {
            reply.chunk("data: [DONE]\n\n").end();
            return;
        }
        reply.chunk("data: {\"n\":" + number + "}\n\n");
        reply.after(Duration.ofMillis(20), () -> event(reply, number + 1));
    }

    private Path file(String name) {
        return routes.folder().resolve(name + ".camel.yaml");
    }

    private void swapTo(String word) throws Exception {
        Files.writeString(file("forward"), forward.replace("constant: none", "constant: " + word));
        JsonNode answer = admin("POST", "/api/routes/reload");
        assertThat(answer.path("outcome").asText()).as(answer.toString()).isEqualTo("swapped");
    }

    private JsonNode admin(String method, String path) throws Exception {
        HttpResponse<String> answer = gateway.admin(method, path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private String[] auth() {
        return new String[] {"Authorization", "Bearer " + gateway.key()};
    }

    private void call() {
        try (RawClient client = gateway.connect()) {
            while (!over.get()) {
                RawClient.Answer answer = client.post("/anything", "{}", auth()).answer();
                if (answer.status() != 200 || !answer.cleanEnd()) {
                    failures.add("call: " + answer);
                }
                calls.incrementAndGet();
            }
        } catch (Exception broken) {
            failures.add("call: " + broken);
        }
    }

    private void stream() {
        try (RawClient client = gateway.connect()) {
            while (!over.get()) {
                RawClient.Answer answer =
                        client.post("/anything", "{\"stream\":true}", auth()).answer();
                if (answer.status() != 200
                        || !answer.cleanEnd()
                        || !answer.body().contains("\"n\":" + (EVENTS - 1))
                        || !answer.body().contains("[DONE]")) {
                    failures.add("stream: " + answer);
                }
                streams.incrementAndGet();
            }
        } catch (Exception broken) {
            failures.add("stream: " + broken);
        }
    }

    @Test
    void no_request_fails_and_no_stream_breaks_while_routes_are_swapped() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CALLERS + STREAMS);
        for (int i = 0; i < CALLERS; i++) {
            clients.execute(this::call);
        }
        for (int i = 0; i < STREAMS; i++) {
            clients.execute(this::stream);
        }
        await().until(() -> calls.get() > 100 && streams.get() > 0);
        long threads = camelThreads();

        List<String> others = List.of("receive", "admit", "answer-errors", "admin-routes");
        for (int i = 0; i < SWAPS; i++) {
            if (i % 10 == 9) {
                Path other = file(others.get(i / 10 % others.size()));
                Files.writeString(other, Files.readString(other) + "# once more\n");
            }
            swapTo("n" + i);
            if (i % 25 == 0) {
                assertThat(gateway.post("/anything", "{}").join().headers().firstValue("X-Swap"))
                        .hasValue("n" + i);
            }
        }
        // One takes routes down, and is kept.
        assertThat(camelThreads()).isLessThanOrEqualTo(threads + 1);
        over.set(true);
        clients.shutdown();
        assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(new ArrayList<>(failures)).isEmpty();
        assertThat(admin("GET", "/api/routes").path("version").asInt()).isEqualTo(SWAPS + 1);
        await().untilAsserted(() ->
                assertThat(admin("GET", "/api/routes").path("older")).isEmpty());
        System.out.printf("%d swaps, %d calls, %d streams, no failure%n", SWAPS, calls.get(), streams.get());
    }

    private static long camelThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("Camel"))
                .count();
    }

    @Test
    void a_stream_ends_on_the_version_that_it_began_on() throws Exception {
        List<StubUpstream.Reply> open = new CopyOnWriteArrayList<>();
        stub.answer((request, reply) -> {
            if (request.text().contains("stream")) {
                open.add(reply);
                reply.sse().chunk("data: 1\n\n");
            } else {
                reply.json(200, "{}");
            }
        });
        try (RawClient client = gateway.connect()) {
            client.post("/anything", "{\"stream\":true}", auth());
            assertThat(client.readUntil("data: 1")).contains("X-Swap: none");

            swapTo("next");
            swapTo("last");

            assertThat(gateway.post("/anything", "{}").join().headers().firstValue("X-Swap"))
                    .hasValue("last");
            JsonNode older = admin("GET", "/api/routes").path("older");
            assertThat(older.get(0).path("version").asInt()).isEqualTo(1);
            assertThat(older.get(0).path("in_flight").asInt()).isEqualTo(1);
            open.get(0).chunk("data: 2\n\n").end();
            assertThat(client.readUntil("0\r\n\r\n")).contains("data: 2");
        }
        await().untilAsserted(() ->
                assertThat(admin("GET", "/api/routes").path("older")).isEmpty());
    }

    @Test
    void an_opened_breaker_outlasts_swaps() throws Exception {
        admin("POST", "/api/breakers/" + upstream() + "/open");

        swapTo("next");
        swapTo("last");
        await().untilAsserted(() ->
                assertThat(admin("GET", "/api/routes").path("older")).isEmpty());

        assertThat(admin("GET", "/api/breakers")
                        .path("breakers")
                        .get(0)
                        .path("state")
                        .asText())
                .isEqualTo("forced_open");
        assertThat(gateway.post("/anything", "{}").join().statusCode()).isEqualTo(503);
    }

    @Test
    void a_full_window_outlasts_swaps() throws Exception {
        routes.insertBefore("limit-key", """
                - throttle:
                    id: limit-to-two
                    expression:
                      constant: "2"
                    timePeriodMillis: "600000"
                    rejectExecution: true
                """);
        assertThat(admin("POST", "/api/routes/reload").path("outcome").asText()).isEqualTo("swapped");
        assertThat(gateway.post("/anything", "{}").join().statusCode()).isEqualTo(200);
        assertThat(gateway.post("/anything", "{}").join().statusCode()).isEqualTo(200);

        Files.writeString(file("admit"), Files.readString(file("admit")) + "# once more\n");
        assertThat(admin("POST", "/api/routes/reload").path("outcome").asText()).isEqualTo("swapped");

        assertThat(gateway.post("/anything", "{}").join().statusCode()).isNotEqualTo(200);
    }

    private String upstream() throws Exception {
        gateway.post("/anything", "{}").join();
        return admin("GET", "/api/breakers")
                .path("breakers")
                .get(0)
                .path("upstream")
                .asText();
    }
}
