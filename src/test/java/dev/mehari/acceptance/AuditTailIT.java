package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.storage.ServerPort;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mehari audit tail} while its gateway is started anew. */
class AuditTailIT {
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final int NONE = 0;
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    // row 64
    @Test
    void goes_on_with_the_next_gateway_and_says_so() throws Exception {
        String port = Integer.toString(ServerPort.free(new SecureRandom()));
        try (StubUpstream stub = StubUpstream.respondingWith(200)) {
            MehariProcess tail;
            try (TestGateway gateway = followed(stub, port)) {
                gateway.post("/call", "{}", "X-Request-Id", "before").join();
                tail = MehariProcess.start(
                        Map.of("MEHARI_ADMIN_TOKEN", TOKEN), "audit", "tail", "--admin-url", gateway.adminUrl());
                awaitLine(tail, " before");
            }
            try (tail) {
                await().atMost(Duration.ofSeconds(30)).until(() -> tail.text().contains("Asking again each second."));
                try (TestGateway again = followed(stub, port)) {
                    again.post("/call", "{}", "X-Request-Id", "after").join();
                    awaitLine(tail, " after");
                }
                assertThat(tail.output())
                        .filteredOn(line -> line.endsWith(" before"))
                        .hasSize(1);
                assertThat(tail.errors()).hasSizeGreaterThanOrEqualTo(2);
                assertThat(tail.errors().get(1)).isEqualTo("mehari: The gateway answers again.");
            }
        }
    }

    @Test
    void the_management_port_never_says_that_there_is_no_such_resource() throws Exception {
        int port = ServerPort.free(new SecureRandom());
        AtomicBoolean over = new AtomicBoolean();
        Set<Integer> seen = new ConcurrentSkipListSet<>();
        Thread asking = new Thread(() -> ask(port, seen, over), "asking");
        asking.start();
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = followed(stub, Integer.toString(port))) {
            await().until(() -> seen.contains(200));
            assertThat(gateway.adminPort()).isEqualTo(port);
        } finally {
            over.set(true);
            asking.join();
        }

        assertThat(seen).isSubsetOf(NONE, 200, 503);
    }

    /** Asks again and again, and notes the status, {@link #NONE} while nothing listens. */
    private static void ask(int port, Set<Integer> seen, AtomicBoolean over) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/stats"))
                .header("Authorization", "Bearer " + TOKEN)
                .timeout(Duration.ofSeconds(5))
                .build();
        while (!over.get()) {
            seen.add(client.sendAsync(request, BodyHandlers.discarding())
                    .handle((answer, unanswered) -> answer == null ? NONE : answer.statusCode())
                    .join());
        }
    }

    private static TestGateway followed(StubUpstream stub, String port) throws Exception {
        return TestGateway.to(stub, database, "mehari.admin.port", port, "mehari.admin.token", TOKEN);
    }

    private static void awaitLine(MehariProcess tail, String end) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> tail.output().stream().anyMatch(line -> line.endsWith(end)));
    }
}
