package dev.mehari.storage.ledger;

import static dev.mehari.storage.ledger.LedgerDesk.ask;
import static dev.mehari.storage.ledger.LedgerDesk.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitedKey;
import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the ledger takes along on a round trip, and when it goes: by a clock that stands still until it is moved. */
class LedgerRoundTripsIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Duration SOON = Duration.ofSeconds(5);

    private final LedgerDesk desk = new LedgerDesk(DATABASE);
    private final AtomicLong clock = new AtomicLong(System.nanoTime());
    private PostgresLedger ledger;

    @BeforeEach
    void open() throws Exception {
        ledger = desk.ledger(clock::get);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    @Test
    void a_settlement_travels_with_the_next_request_which_finds_its_place_free() throws Exception {
        LimitedKey key = key(16);
        List<Lease> leases = new ArrayList<>();
        for (int call = 0; call < 16; call++) {
            leases.add(granted(ask(ledger, key)));
        }

        for (Lease lease : leases) {
            lease.settle(Charge.NONE);
            granted(ask(ledger, key));
        }

        assertThat(ledger.stats().batches()).isEqualTo(32);
        assertThat(desk.leases(key)).isEqualTo(16);
    }

    @Test
    void a_settlement_without_company_goes_alone_after_a_while() throws Exception {
        LimitedKey key = key(16);
        granted(ask(ledger, key)).settle(Charge.NONE);
        assertThat(desk.leases(key)).isEqualTo(1);

        clock.addAndGet(WaitingSettlements.PATIENCE_NANOS);

        await().atMost(SOON).until(() -> desk.leases(key) == 0);
    }

    @Test
    void a_settlement_of_a_key_with_few_places_goes_at_once() throws Exception {
        LimitedKey key = key(15);

        granted(ask(ledger, key)).settle(Charge.NONE);

        await().atMost(SOON).until(() -> desk.leases(key) == 0);
    }

    @Test
    void a_settlement_that_waits_is_written_when_the_gateway_stops() throws Exception {
        LimitedKey key = key(16);
        granted(ask(ledger, key)).settle(Charge.NONE);

        ledger.close();

        assertThat(desk.leases(key)).isZero();
    }

    @Test
    void a_settlement_that_waits_outlives_the_connection() throws Exception {
        LimitedKey key = key(16);
        granted(ask(ledger, key)).settle(Charge.NONE);
        desk.cutLedgers();

        clock.addAndGet(WaitingSettlements.PATIENCE_NANOS);

        await().atMost(SOON).until(() -> desk.leases(key) == 0);
    }

    @Test
    void more_than_the_database_can_take_is_refused() throws Exception {
        LimitedKey key = key(0);
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        whileLocked(key, () -> {
            askTimes(asked, 1_500, key);
            clock.addAndGet(Duration.ofMillis(900).toNanos());
        });

        allAnswered(asked);
        // the round trip that was under way, with up to 200, and what makes five full ones in a row
        assertThat(ledger.stats().granted()).isBetween(1_000L, 1_200L);
        assertThat(ledger.stats().unavailable())
                .isEqualTo(1_500 - ledger.stats().granted());
    }

    @Test
    void what_one_slow_round_trip_has_left_behind_is_decided_however_long_it_took() throws Exception {
        LimitedKey key = key(0);
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        whileLocked(key, () -> {
            askTimes(asked, 600, key);
            clock.addAndGet(Duration.ofMillis(900).toNanos());
        });

        allAnswered(asked);
        assertThat(ledger.stats().granted()).isEqualTo(600);
    }

    @Test
    void round_trips_with_many_requests_keep_a_distance_so_that_more_come_along() throws Exception {
        LimitedKey key = key(0);
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        whileLocked(key, () -> {
            askTimes(asked, 1, key);
            await().atMost(SOON).until(() -> ledger.stats().acquiresWaiting() == 0);
            askTimes(asked, 4, key);
        });
        for (CompletableFuture<LimitDecision> one : asked) {
            granted(one);
        }
        assertThat(ledger.stats().batches()).isEqualTo(2);

        for (int more = 1; more <= 10; more++) {
            askTimes(asked, 1, key);
            assertThat(desk.leases(key)).isEqualTo(5);
            assertThat(ledger.stats().acquiresWaiting()).isEqualTo(more);
        }
        clock.addAndGet(Batcher.PACE_NANOS);

        for (CompletableFuture<LimitDecision> one : asked) {
            granted(one);
        }
        assertThat(ledger.stats().batches()).isEqualTo(3);
    }

    /** Nothing is granted ahead for it, since nothing is reserved of its tokens. */
    private LimitedKey key(int concurrency) throws SQLException {
        long id = desk.key("concurrency = " + concurrency).id();
        return new LimitedKey(id, new KeyLimits(concurrency, null, 1_000_000, null, 0, 0, 0, null));
    }

    private void allAnswered(List<CompletableFuture<LimitDecision>> asked) {
        await().atMost(SOON).until(() -> {
            clock.addAndGet(Batcher.PACE_NANOS);
            return asked.stream().allMatch(CompletableFuture::isDone);
        });
    }

    private void askTimes(List<CompletableFuture<LimitDecision>> asked, int calls, LimitedKey key) {
        for (int call = 0; call < calls; call++) {
            asked.add(LedgerDesk.ask(ledger, key));
        }
    }

    /** Nothing is decided for the key meanwhile. */
    private static void whileLocked(LimitedKey key, Runnable action) throws SQLException {
        try (Connection other = DriverManager.getConnection(DATABASE.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock((1::bigint << 62) + " + key.id() + ")");
            action.run();
            other.commit();
        }
    }
}
