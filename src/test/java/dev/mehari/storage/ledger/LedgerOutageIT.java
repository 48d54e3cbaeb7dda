package dev.mehari.storage.ledger;

import static dev.mehari.storage.ledger.LedgerDesk.ask;
import static dev.mehari.storage.ledger.LedgerDesk.decision;
import static dev.mehari.storage.ledger.LedgerDesk.granted;
import static dev.mehari.storage.ledger.LedgerDesk.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitKind;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.WindowLimit;
import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger while its PostgreSQL is away, and once it is back. */
class LedgerOutageIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofSeconds(1);

    @TempDir
    Path cluster;

    private OwnPostgres server;
    private TestDatabase database;
    private LedgerDesk desk;

    @BeforeEach
    void start() throws Exception {
        server = OwnPostgres.start(cluster);
        database = TestDatabase.createOn(server.url());
        desk = new LedgerDesk(database);
    }

    @AfterEach
    void stop() throws Exception {
        database.close();
        server.close();
    }

    @Test
    void what_was_granted_alone_is_in_the_ledger_once_the_database_is_back() throws Exception {
        LimitedKey key = known(desk.key("concurrency = 3, requests = 1000, requests_window_ms = 31622400000"), 3);
        ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();
        try (PostgresLedger ledger = desk.ledger(LEASE, Duration.ofSeconds(30))) {
            Lease before = granted(ask(ledger, key, new Charge(1, 100), () -> lost.add("before")));
            Lease endsMeanwhile = granted(ask(ledger, key, new Charge(1, 100), () -> lost.add("endsMeanwhile")));
            server.stop();

            Lease meanwhile = granted(ask(ledger, key, new Charge(1, 100), () -> lost.add("meanwhile")));
            LimitDecision.Refused refusal = refused(ask(ledger, key));
            assertThat(refusal.kind()).isEqualTo(LimitKind.CONCURRENCY);
            assertThat(refusal.current()).isEqualTo(3);
            endsMeanwhile.settle(new Charge(1, 70));
            granted(ask(ledger, key, new Charge(1, 100), () -> {})).settle(new Charge(1, 30));
            await().atMost(SOON).until(() -> ledger.stats().awayMillis() > 2 * LEASE.toMillis());

            server.startAgain();
            await().atMost(SOON).until(() -> ledger.stats().adopted() == 2);
            await().atMost(SOON).until(() -> desk.leases(key) == 2);
            assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(4);
            await().atMost(SOON).until(() -> used(key, LimitKind.COST_TOTAL) == 300);
            granted(ask(ledger, key));
            refused(ask(ledger, key));
            before.settle(new Charge(1, 1));
            meanwhile.settle(new Charge(1, 1));
            await().atMost(SOON).until(() -> used(key, LimitKind.COST_TOTAL) == 102);
            assertThat(lost).as("an outage breaks no call off").isEmpty();
            assertThat(desk.leases(key)).isEqualTo(1);
        }
    }

    @Test
    void a_restart_fails_no_request() throws Exception {
        LimitedKey key = known(desk.key("concurrency = 20"), 20);
        AtomicBoolean over = new AtomicBoolean();
        try (PostgresLedger one = desk.ledger();
                PostgresLedger two = desk.ledger()) {
            CompletableFuture<Long> callers = CompletableFuture.supplyAsync(
                    () -> Callers.of(10, key, List.of(one, two)).runUntil(over));
            await().atMost(SOON).until(() -> one.stats().granted() > 100);

            server.stop();
            server.startAgain();
            long before = one.stats().decisions();
            await().atMost(SOON).until(() -> one.stats().decisions() > before + 100);
            over.set(true);

            assertThat(callers.join()).as("requests without a decision").isZero();
            assertThat(one.stats().unavailable() + two.stats().unavailable()).isZero();
            await().atMost(SOON).until(() -> desk.leases(key) == 0);
            assertThat(one.stats().leasesHeld()).isZero();
        }
    }

    @Test
    void after_the_time_of_grace_nobody_is_told_yes() throws Exception {
        LimitedKey key = known(desk.key("concurrency = 2"), 2);
        try (PostgresLedger ledger = desk.ledger(LEASE, Duration.ofMillis(800))) {
            granted(ask(ledger, key));
            server.stop();
            granted(ask(ledger, key));

            await().atMost(SOON).until(() -> decision(ask(ledger, key)) instanceof LimitDecision.Unavailable);
            StorageUnavailable failure = ((LimitDecision.Unavailable) decision(ask(ledger, key))).failure();
            assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(1));

            server.startAgain();
            await().atMost(SOON).until(() -> decision(ask(ledger, key)) instanceof LimitDecision.Refused);
            assertThat(desk.leases(key)).isEqualTo(2);
        }
        assertThat(desk.leases(key)).isZero();
    }

    @Test
    void closing_without_the_database_takes_only_seconds() throws Exception {
        LimitedKey key = known(desk.key("concurrency = 2"), 2);
        PostgresLedger ledger = desk.ledger();
        granted(ask(ledger, key));
        server.stop();
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (int call = 0; call < 50; call++) {
            asked.add(ask(ledger, key));
        }

        assertTimeout(Duration.ofSeconds(5), ledger::close);

        assertThat(asked).allSatisfy(one -> assertThat(one).isDone());
        assertThat(decision(ask(ledger, key))).isInstanceOf(LimitDecision.Unavailable.class);
    }

    private long used(LimitedKey key, LimitKind kind) throws Exception {
        return new PostgresLedgerOffice(desk.database(), true)
                .use(key).stream()
                        .filter(one -> one.kind() == kind)
                        .findFirst()
                        .orElseThrow()
                        .used();
    }

    private static LimitedKey known(LimitedKey key, int concurrency) {
        return new LimitedKey(
                key.id(),
                new KeyLimits(concurrency, new WindowLimit(1000, Duration.ofDays(366)), 0, null, 0, 0, 0, null));
    }
}
