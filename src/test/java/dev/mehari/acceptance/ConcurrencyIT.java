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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway as a whole lets {@code proxy.max_concurrent} requests be under way at once, and no more. */
class ConcurrencyIT {
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static StubUpstream answeringAfter(Duration delay) {
        return StubUpstream.answering((request, reply) -> reply.after(delay, () -> reply.json(200, "{\"ok\":true}")));
    }

    private static List<HttpResponse<String>> parallel(TestGateway gateway, int requests) {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, requests)
                .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                .toList();
        return sent.stream().map(CompletableFuture::join).toList();
    }

    // row 4
    @Test
    void exactly_as_many_as_permitted_are_under_way_at_once() throws Exception {
        try (StubUpstream stub = answeringAfter(Duration.ofMillis(100));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.max-concurrent", "20")) {
            List<HttpResponse<String>> answers = parallel(gateway, 100);

            assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
            assertThat(stub.mostInFlight()).isEqualTo(20);
        }
    }

    // row 5
    @Test
    void a_hundred_at_once_take_as_long_as_one() throws Exception {
        try (StubUpstream stub = answeringAfter(Duration.ofSeconds(1));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.max-concurrent", "100")) {
            long started = System.nanoTime();
            List<HttpResponse<String>> answers = parallel(gateway, 100);

            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
            assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
            assertThat(stub.mostInFlight()).isEqualTo(100);
        }
    }

    // row 15
    @Test
    void a_permit_comes_back_once_whatever_became_of_the_call() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.proxy.max-concurrent",
                        "1",
                        "mehari.proxy.queue-timeout",
                        "500ms",
                        "mehari.upstream.read-timeout",
                        "1s",
                        "mehari.breaker.threshold",
                        "100")) {
            assertThat(gateway.post("/ok", "{}").join().statusCode()).isEqualTo(200);
            assertThatTheNextOneIsServed(stub, gateway);

            stub.answer((request, reply) -> reply.json(500, "{}"));
            assertThat(gateway.post("/error", "{}").join().statusCode()).isEqualTo(500);
            assertThatTheNextOneIsServed(stub, gateway);

            stub.answer((request, reply) -> reply.after(Duration.ofSeconds(9), () -> reply.json(200, "{}")));
            assertThat(gateway.post("/timeout", "{}").join().statusCode()).isEqualTo(504);
            assertThatTheNextOneIsServed(stub, gateway);

            stub.answer((request, reply) -> reply.reset());
            assertThat(gateway.post("/broken", "{}").join().statusCode()).isEqualTo(502);
            assertThatTheNextOneIsServed(stub, gateway);

            stub.answer((request, reply) -> reply.raw("HTTP/1.1 nonsense\r\n\r\n"));
            assertThat(gateway.post("/nonsense", "{}").join().statusCode()).isEqualTo(502);
            assertThatTheNextOneIsServed(stub, gateway);

            stub.answer((request, reply) -> reply.sse().chunk("data: 1\n\n"));
            try (RawClient client = gateway.connect()) {
                client.get("/stream", "Authorization", "Bearer " + gateway.key())
                        .readUntil("data: 1\n\n");
                client.kill();
            }
            assertThatTheNextOneIsServed(stub, gateway);

            assertThat(gateway.post("/v1/chat/completions", "no JSON").join().statusCode())
                    .isEqualTo(400);
            assertThatTheNextOneIsServed(stub, gateway);

            // And only once each: a second one at a time waits.
            assertThat(stub.mostInFlight()).isEqualTo(1);
            stub.answer((request, reply) -> reply.after(Duration.ofMillis(50), () -> reply.json(200, "{}")));
            assertThat(parallel(gateway, 5)).allMatch(answer -> answer.statusCode() == 200);
            assertThat(stub.mostInFlight()).isEqualTo(1);
        }
    }

    private static void assertThatTheNextOneIsServed(StubUpstream stub, TestGateway gateway) {
        // A call that was given up is over for us a moment before the stub sees its connection close.
        await().atMost(Duration.ofSeconds(5)).until(() -> stub.inFlight() == 0);
        stub.answer((request, reply) -> reply.json(200, "{}"));
        assertThat(gateway.post("/next", "{}").join().statusCode()).isEqualTo(200);
    }

    // row 15
    @Test
    void a_client_that_is_killed_ends_its_upstream_call_within_a_second() throws Exception {
        try (StubUpstream stub = answeringAfter(Duration.ofSeconds(30));
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.max-concurrent", "1");
                RawClient client = gateway.connect()) {
            client.post("/call", "{}", "Authorization", "Bearer " + gateway.key());
            await().until(() -> stub.inFlight() == 1);

            client.kill();

            await().atMost(Duration.ofSeconds(1)).until(() -> stub.openConnections() == 0);
            assertThatTheNextOneIsServed(stub, gateway);
        }
    }

    @Test
    void two_thousand_waiting_requests_take_no_thread_more_than_one() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        List<RawClient> clients = new ArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
                TestGateway gateway = TestGateway.to(
                        stub,
                        database,
                        "mehari.proxy.max-concurrent",
                        "1000",
                        "mehari.proxy.max-queue",
                        "2000",
                        "mehari.proxy.queue-timeout",
                        "60s")) {
            // Both event loops, the database and the pool's own threads have started once a few were served.
            for (int i = 0; i < 4; i++) {
                clients.add(gateway.connect().get("/call", "Authorization", "Bearer " + gateway.key()));
            }
            await().until(() -> held.size() == 4);
            int before = Thread.activeCount();

            while (clients.size() < 2_000) {
                clients.add(gateway.connect().get("/call", "Authorization", "Bearer " + gateway.key()));
            }
            await().until(() -> held.size() == 1_000);

            // A few may have begun for other reasons: those of the database's pool, and of chores.
            assertThat(Thread.activeCount()).isLessThan(before + 10);
            stub.answer((request, reply) -> reply.json(200, "{}"));
            held.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }
}
