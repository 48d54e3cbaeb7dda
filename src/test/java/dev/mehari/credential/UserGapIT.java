package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.storage.UserGapTable;
import dev.mehari.testing.LoopCall;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two instances' processors on one database. */
class UserGapIT {
    private static final Duration GAP = Duration.ofMillis(200);

    private final TestDatabase test = TestDatabase.create();
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService otherLoop = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> sent = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        loop.shutdownNow();
        otherLoop.shutdownNow();
        test.close();
    }

    private void send(SpaceUserMessages processor, ScheduledExecutorService on) {
        Upstream upstream = Upstream.at("up", Dialect.OPENAI, URI.create("http://127.0.0.1:1"), null, null);
        Credential credential = new Credential(
                1, "up", "c", Credential.Kind.API_KEY, null, null, 0, null, 50, 1, 0, 0, GAP, AllowList.ALL, true);
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALL, new LoopCall(on));
        exchange.setProperty(ExchangeKeys.ATTEMPT, new Attempt(upstream, credential, null, 0, () -> {}));
        exchange.setProperty(ExchangeKeys.USER_TURN, true);
        processor.process(exchange, doneSync -> sent.add(System.nanoTime()));
    }

    @Test // row 22
    void messages_of_people_are_the_gap_apart_over_all_instances() {
        test.execute("insert into upstream (id, name, dialect, base_url) overriding system value"
                + " values (1, 'up', 'openai', 'http://127.0.0.1:1')");
        test.execute("insert into credential (id, upstream_id, name, kind, secret, fingerprint)"
                + " overriding system value values (1, 1, 'c', 'api-key', 'x', 'x')");
        SpaceUserMessages one =
                new SpaceUserMessages(new UserGapTable(test.database()), Duration.ofSeconds(60), System::nanoTime);
        SpaceUserMessages two =
                new SpaceUserMessages(new UserGapTable(test.database()), Duration.ofSeconds(60), System::nanoTime);
        for (int i = 0; i < 3; i++) {
            send(one, loop);
            send(two, otherLoop);
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> sent.size() == 6);
        List<Long> sorted = sent.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(Duration.ofNanos(sorted.get(i) - sorted.get(i - 1)))
                    .as("between %d and %d", i - 1, i)
                    .isGreaterThanOrEqualTo(GAP);
        }
    }
}
