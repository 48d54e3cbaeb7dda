package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the way through the gateway costs, as a loose bound; {@code bench/run} measures it properly. */
class OverheadIT {
    private static final int CLIENTS = 20;
    private static final int REQUESTS_EACH = 100;

    // row 6
    @Test
    void the_gateway_adds_less_than_50_ms_for_95_of_100_requests() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database)) {
            Duration direct = p95(stub.port(), gateway.key());
            Duration through = p95(gateway.port(), gateway.key());

            assertThat(through.minus(direct)).isLessThan(Duration.ofMillis(50));
            assertThat(stub.requests()).hasSize(2 * CLIENTS * REQUESTS_EACH);
        }
    }

    private static Duration p95(int port, String key) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<long[]>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit((Callable<long[]>) () -> latencies(port, key)));
            }
            long[] all = new long[CLIENTS * REQUESTS_EACH];
            for (int i = 0; i < CLIENTS; i++) {
                System.arraycopy(clients.get(i).get(), 0, all, i * REQUESTS_EACH, REQUESTS_EACH);
            }
            Arrays.sort(all);
            return Duration.ofNanos(all[all.length * 95 / 100]);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long[] latencies(int port, String key) throws Exception {
        long[] nanos = new long[REQUESTS_EACH];
        try (RawClient client = RawClient.connect(port)) {
            for (int i = 0; i < REQUESTS_EACH; i++) {
                long sent = System.nanoTime();
                client.post("/call", "{}", "Authorization", "Bearer " + key);
                assertThat(client.answer().status()).isEqualTo(200);
                nanos[i] = System.nanoTime() - sent;
            }
        }
        return nanos;
    }
}
