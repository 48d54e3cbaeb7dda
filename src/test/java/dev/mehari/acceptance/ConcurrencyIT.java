package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
}
