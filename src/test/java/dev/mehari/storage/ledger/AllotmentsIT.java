package dev.mehari.storage.ledger;

import static dev.mehari.storage.ledger.LedgerDesk.ask;
import static dev.mehari.storage.ledger.LedgerDesk.decision;
import static dev.mehari.storage.ledger.LedgerDesk.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitKind;
import dev.mehari.limits.LimitedKey;
import dev.mehari.storage.Database;
import dev.mehari.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that grant calls ahead, on one database. */
class AllotmentsIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Duration SOON = Duration.ofSeconds(5);
    /** Allotments last half of it. */
    private static final Duration LEASE = Duration.ofSeconds(6);

    private static final Charge ESTIMATE = new Charge(10, 20);
    private static final Charge USED = new Charge(8, 16);
    private static final String LONG_WINDOWS = "requests_window_ms = 31622400000, tokens_window_ms = 31622400000";

    private final LedgerDesk desk = new LedgerDesk(DATABASE);
    private Database first;
    private Database second;
    private PostgresLedger ledger;
    private PostgresLedger other;

    @BeforeEach
    void open() throws Exception {
        first = DATABASE.openAgain();
        second = DATABASE.openAgain();
        ledger = open(first);
        other = open(second);
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
        other.close();
        first.close();
        second.close();
        assertThat(desk.miscounted()).isZero();
        assertThat(DecisionReplay.of(DATABASE.url()).faults()).isEmpty();
    }

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    private PostgresLedger open(Database database) throws Exception {
        PostgresLedger opened = desk.ledgerOn(database, LEASE);
        PostgresLedger.follow(database.listener(), opened);
        database.listener().start();
        return opened;
    }

    @Test
    void calls_of_a_busy_key_need_no_round_trip_each_and_are_all_counted() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);

        for (int call = 0; call < 2_000; call++) {
            granted(ask(ledger, key, ESTIMATE, () -> {})).settle(USED);
        }

        assertThat(ledger.stats().granted()).isEqualTo(2_000);
        assertThat(ledger.stats().drawn()).isGreaterThan(1_500);
        assertThat(ledger.stats().batches()).isLessThan(600);
        awaitUse(key, 0, 2_000);
    }

    @Test
    void the_call_that_made_an_instance_ask_for_an_allotment_is_the_first_of_it() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, " + LONG_WINDOWS);

        granted(ask(ledger, key));
        granted(ask(ledger, key));

        assertThat(ledger.stats().drawn()).isEqualTo(1);
        assertThat(desk.number("select count(*) from limit_decision where key_id = " + key.id()))
                .as("the first call, the allotment")
                .isEqualTo(2);
    }

    @Test
    void calls_that_find_no_room_in_the_allotment_that_is_asked_for_are_decided_one_by_one() throws Exception {
        LimitedKey key = desk.key("requests = 100, " + LONG_WINDOWS);
        settle(burst(other, key, 80, Charge.NONE));

        List<LimitDecision> decisions = burst(ledger, key, 21, Charge.NONE);

        assertThat(decisions)
                .filteredOn(LimitDecision.Granted.class::isInstance)
                .hasSize(20);
        settle(decisions);
    }

    @Test
    void calls_that_wait_for_an_allotment_are_answered_though_the_connection_is_lost() throws Exception {
        List<LimitedKey> keys = new ArrayList<>();
        for (int key = 0; key < 200; key++) {
            keys.add(desk.key("requests = 1000000, " + LONG_WINDOWS));
        }
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
            for (LimitedKey key : keys) {
                asked.add(ask(ledger, key));
                asked.add(ask(ledger, key));
                if (asked.size() == keys.size()) {
                    desk.cutLedgers();
                }
            }
            for (CompletableFuture<LimitDecision> one : asked) {
                granted(one).settle(Charge.NONE);
            }
        }
        await().atMost(SOON).until(() -> desk.number("select count(*) from lease") == 0);
    }

    @Test
    void calls_that_outlast_their_allotment_go_on_with_leases_of_their_own() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        int before = makeBusy(ledger, key);
        AtomicInteger lost = new AtomicInteger();
        List<Lease> held = drawn(ledger, key, 3, lost::incrementAndGet);

        await().atMost(SOON).until(() -> desk.leases(key) == 3);
        assertThat(desk.number("select count(*) from lease where requests = 1 and calls = 1 and key_id = " + key.id()))
                .isEqualTo(3);
        held.get(0).settle(USED);
        await().atMost(SOON).until(() -> desk.leases(key) == 2);
        long one = desk.number("select min(lease_id) from lease where key_id = " + key.id());
        assertThat(office().takeBackLease(one)).isTrue();

        await().atMost(SOON).untilAtomic(lost, value -> assertThat(value).isEqualTo(1));
        held.forEach(lease -> lease.settle(USED));
        awaitUse(key, 0, before + 3);
        assertThat(lost).hasValue(1);
    }

    @Test
    void another_instance_gets_every_call_at_once_that_is_not_under_way() throws Exception {
        LimitedKey key = desk.key("concurrency = 40");
        makeBusy(ledger, key);
        List<Lease> held = drawn(ledger, key, 2, () -> {});
        assertThat(desk.leases(key)).isGreaterThan(2);

        List<LimitDecision> decisions = burst(other, key, 60, Charge.NONE);

        assertThat(decisions)
                .filteredOn(LimitDecision.Granted.class::isInstance)
                .hasSize(38);
        assertThat(decisions)
                .filteredOn(LimitDecision.Refused.class::isInstance)
                .hasSize(22)
                .allSatisfy(one ->
                        assertThat(((LimitDecision.Refused) one).current()).isEqualTo(40));
        settle(decisions);
        held.forEach(lease -> lease.settle(Charge.NONE));
        await().atMost(SOON).until(() -> desk.leases(key) == 0);
    }

    @Test
    void another_instance_gets_every_request_of_a_window_that_has_not_begun() throws Exception {
        LimitedKey key = desk.key("requests = 100, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);
        assertThat(used(key, LimitKind.REQUESTS)).isGreaterThan(begun);

        List<LimitDecision> decisions = burst(other, key, 120, Charge.NONE);

        assertThat(decisions)
                .filteredOn(LimitDecision.Granted.class::isInstance)
                .hasSize(100 - begun);
        assertThat(decision(ask(ledger, key))).isInstanceOf(LimitDecision.Refused.class);
        settle(decisions);
    }

    @Test
    void another_instance_gets_all_tokens_and_money_that_are_not_used() throws Exception {
        LimitedKey key = desk.key("tokens = 1000, cost_total = 100000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);
        assertThat(used(key, LimitKind.TOKENS)).isGreaterThan(begun * USED.tokens());

        List<LimitDecision> decisions = burst(other, key, 150, ESTIMATE);

        long left = 1_000 - begun * USED.tokens();
        assertThat(decisions)
                .filteredOn(LimitDecision.Granted.class::isInstance)
                .hasSize((int) (left / ESTIMATE.tokens()));
        settle(decisions);
    }

    @Test
    void an_instance_is_not_refused_for_what_it_has_itself() throws Exception {
        LimitedKey key = desk.key("tokens = 1000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);

        granted(ask(ledger, key, new Charge(1_000 - begun * USED.tokens(), 0), () -> {}))
                .settle(Charge.NONE);

        awaitUse(key, LimitKind.TOKENS, begun * USED.tokens());
    }

    @Test
    void the_places_of_a_key_at_its_limit_pass_from_call_to_call_without_a_round_trip_each() throws Exception {
        LimitedKey key = desk.key("concurrency = 20, requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        List<LimitDecision> held = burst(other, key, 19, USED);

        int calls = 0;
        while (ledger.stats().drawn() < 500) {
            granted(ask(ledger, key, ESTIMATE, () -> {})).settle(USED);
            assertThat(++calls).as("calls until 500 had the place of another").isLessThan(100_000);
        }

        assertThat(desk.number("select count(*) from lease where requests > 1 and calls > 0 and key_id = " + key.id()))
                .as("nothing ahead of what is under way")
                .isZero();
        Lease last = granted(ask(ledger, key, USED, () -> {}));
        for (PostgresLedger one : List.of(ledger, other)) {
            assertThat(decision(ask(one, key))).isInstanceOf(LimitDecision.Refused.class);
        }
        last.settle(USED);
        for (LimitDecision one : held) {
            ((LimitDecision.Granted) one).lease().settle(USED);
        }
        awaitUse(key, 0, calls + 20);
    }

    @Test
    void calls_in_the_places_of_others_go_on_with_leases_of_their_own() throws Exception {
        LimitedKey key = desk.key("concurrency = 20, requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        List<LimitDecision> held = burst(other, key, 19, USED);
        AtomicInteger lost = new AtomicInteger();
        Lease call = drawnInPlace(key, lost::incrementAndGet);

        awaitNothingAhead(key);
        assertThat(desk.leases(key)).isEqualTo(20);
        assertThat(decision(ask(other, key))).isInstanceOf(LimitDecision.Refused.class);
        long own = desk.number(
                "select lease_id from lease where tokens = " + ESTIMATE.tokens() + " and key_id = " + key.id());
        assertThat(office().takeBackLease(own)).isTrue();
        await().atMost(SOON).untilAtomic(lost, value -> assertThat(value).isEqualTo(1));

        call.settle(USED);
        for (LimitDecision one : held) {
            ((LimitDecision.Granted) one).lease().settle(USED);
        }
        awaitUse(key, 0, 19 + ledger.stats().granted());
    }

    @Test
    void calls_in_the_places_of_others_outlive_a_lost_connection_and_end_with_the_gateway() throws Exception {
        LimitedKey key = desk.key("concurrency = 20");
        List<LimitDecision> held = burst(other, key, 19, Charge.NONE);
        AtomicInteger lost = new AtomicInteger();
        drawnInPlace(key, lost::incrementAndGet);

        desk.cutLedgers();
        awaitNothingAhead(key);
        await().atMost(SOON).until(() -> desk.leases(key) == 20);
        assertThat(lost).hasValue(0);

        Lease again = drawnInPlaceBeside(key, held.remove(0));
        ledger.close();
        await().atMost(SOON).until(() -> desk.leases(key) == 18);
        again.settle(Charge.NONE);
        settle(held);
        await().atMost(SOON).until(() -> desk.leases(key) == 0);
    }

    private Lease drawnInPlaceBeside(LimitedKey key, LimitDecision ended) throws Exception {
        settle(List.of(ended));
        await().atMost(SOON).until(() -> desk.leases(key) == 19);
        return drawnInPlace(key, () -> {});
    }

    /** A call under the lease of one that has ended; all before it have. */
    private Lease drawnInPlace(LimitedKey key, Runnable onLost) throws Exception {
        long before = ledger.stats().drawn();
        Lease call = granted(ask(ledger, key, ESTIMATE, onLost));
        while (ledger.stats().drawn() == before) {
            call.settle(USED);
            call = granted(ask(ledger, key, ESTIMATE, onLost));
        }
        return call;
    }

    @Test
    void a_key_that_has_refused_a_call_has_nothing_ahead_of_what_was_lacking_for_a_second() throws Exception {
        LimitedKey key = desk.key("concurrency = 20");
        settle(burst(other, key, 30, Charge.NONE));
        assertScarceForASecond(key, "calls_scarce_until");
        setScarceUntil(key, "calls_scarce_until", "'infinity'");
        try (AbandonedOwner holding = AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, 2, 2, Charge.NONE)) {
            assertThat(holding.granted().calls()).isZero();
            assertThat(holding.granted().requests()).isEqualTo(2);
            holding.settle(0, Charge.NONE);
        }
        setScarceUntil(key, "calls_scarce_until", "clock_timestamp()");
        try (AbandonedOwner holding = AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, 2, 2, Charge.NONE)) {
            assertThat(holding.granted().calls()).isEqualTo(2);
            holding.settle(0, Charge.NONE);
        }

        LimitedKey inWindow = desk.key("requests = 20, " + LONG_WINDOWS);
        settle(burst(other, inWindow, 30, Charge.NONE));
        assertScarceForASecond(inWindow, "scarce_until");
        DATABASE.execute("update limit_state set requests_used = 0 where key_id = " + inWindow.id());
        setScarceUntil(inWindow, "scarce_until", "'infinity'");
        assertThat(AbandonedOwner.tryHoldingAhead(desk, inWindow, LedgerDesk.LEASE, 2, 2, Charge.NONE))
                .isEmpty();
        DATABASE.execute("delete from limit_decision where key_id = " + inWindow.id());
    }

    private void assertScarceForASecond(LimitedKey key, String column) throws SQLException {
        assertThat(desk.number("select count(*) from limit_state where " + column + " > '-infinity' and " + column
                        + " <= clock_timestamp() + interval '1 second' and key_id = " + key.id()))
                .isEqualTo(1);
    }

    /** The first version that had allotments takes one that is granted for all that it has asked for. */
    @Test
    void an_instance_of_a_version_before_gets_an_allotment_whole_or_not_at_all() throws Exception {
        LimitedKey key = desk.key("concurrency = 400, requests = 400, " + LONG_WINDOWS);
        String decide =
                "select o_status[1] from decide(999, 60000, true, array[" + key.id() + "], array[1], '{}', '{}', '{}',"
                        + " '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', array[1], array[%d], array[%d], array[%d], array[0],"
                        + " array[0])";

        assertThat(desk.number(String.format(Locale.ROOT, decide, 1, 301, 301))).isEqualTo(8);
        assertThat(desk.number(String.format(Locale.ROOT, decide, 2, 301, 300))).isEqualTo(8);
        assertThat(desk.number(String.format(Locale.ROOT, decide, 3, 300, 300))).isZero();

        assertThat(desk.leases(key)).isEqualTo(300);
        assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(300);
        assertThat(office().takeBack(key.id())).isEqualTo(300);
    }

    /** Its own lasted no longer than 2 s. */
    @Test
    void an_instance_of_the_version_before_knows_for_how_long_others_have_something_ahead() throws Exception {
        LimitedKey key = desk.key("requests = 400, " + LONG_WINDOWS);

        assertThat(desk.number("select o_status[1] from decide_19(999, 60000, true, true, array[" + key.id()
                        + "], array[1], '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', array[1],"
                        + " array[1], array[2], array[2], array[0], array[0])"))
                .isZero();

        assertThat(desk.number("select count(*) from limit_state where allotted_until > clock_timestamp()"
                        + " + interval '10 seconds' and key_id = " + key.id()))
                .isEqualTo(1);
        assertThat(office().takeBack(key.id())).isEqualTo(2);
    }

    private static void setScarceUntil(LimitedKey key, String column, String moment) {
        DATABASE.execute("update limit_state set " + column + " = " + moment + " where key_id = " + key.id());
    }

    @Test
    void limits_that_are_known_to_have_changed_are_asked_for_anew() throws Exception {
        LimitedKey key = desk.key("concurrency = 40");
        makeBusy(ledger, key);
        DATABASE.execute("update api_key set concurrency = 1 where id = " + key.id());
        LimitedKey changed = new LimitedKey(key.id(), KeyLimits.ofConcurrency(1));

        Lease only = granted(ask(ledger, changed));
        assertThat(decision(ask(ledger, changed))).isInstanceOf(LimitDecision.Refused.class);

        only.settle(Charge.NONE);
    }

    @Test
    void what_an_operator_takes_back_breaks_off_all_its_calls_which_are_charged_for() throws Exception {
        LimitedKey key = desk.key("tokens = 1000000000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);
        AtomicInteger lost = new AtomicInteger();
        List<Lease> held = drawn(ledger, key, 2, lost::incrementAndGet);

        assertThat(office().takeBack(key.id())).isGreaterThanOrEqualTo(2);

        await().atMost(SOON).untilAtomic(lost, value -> assertThat(value).isEqualTo(2));
        held.forEach(lease -> lease.settle(USED));
        awaitUse(key, LimitKind.TOKENS, (begun + 2) * USED.tokens());
        await().atMost(SOON).until(() -> desk.leases(key) == 0);
        await().atMost(SOON)
                .until(() -> desk.number("select count(*) from lease_expired where key_id = " + key.id()) == 0);
    }

    @Test
    void a_lost_connection_ends_no_call_and_loses_no_count() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);
        AtomicInteger lost = new AtomicInteger();
        List<Lease> held = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            held.addAll(drawn(ledger, key, 2, lost::incrementAndGet));
            desk.cutLedgers();
            // an allotment that is still open may be drawn from until the loss is noticed, and no longer
            await().atMost(SOON).until(() -> desk.leases(key) == held.size());
            begun += makeBusy(ledger, key);
        }

        await().atMost(SOON).until(() -> desk.leases(key) == 6);
        assertThat(lost).hasValue(0);
        held.forEach(lease -> lease.settle(USED));
        awaitUse(key, 0, begun + 6);
    }

    @Test
    void an_instance_that_cannot_be_told_to_give_something_back_has_nothing_ahead() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);
        DATABASE.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mehari-listen'");
        awaitUse(key, 0, begun);
        begun += makeBusy(ledger, key);

        first.listener().close();
        long drawn = ledger.stats().drawn();
        for (int call = 0; call < 50; call++) {
            granted(ask(ledger, key, ESTIMATE, () -> {})).settle(USED);
        }

        assertThat(ledger.stats().drawn()).isEqualTo(drawn);
        awaitUse(key, 0, begun + 50);
    }

    @Test
    void closing_gives_back_what_has_not_been_called_for() throws Exception {
        LimitedKey key = desk.key("requests = 1000000, tokens = 1000000000, " + LONG_WINDOWS);
        int begun = makeBusy(ledger, key);

        ledger.close();

        awaitUse(key, 0, begun);
    }

    @Test // row 16
    void what_an_instance_that_died_had_ahead_lapses_and_may_be_told_late() throws Exception {
        LimitedKey key = desk.key("concurrency = 40, requests = 1000, tokens = 10000, " + LONG_WINDOWS);
        Duration lease = Duration.ofSeconds(2);
        try (AbandonedOwner dead = AbandonedOwner.holdingAhead(desk, key, lease, 10, 50, new Charge(500, 0))) {
            assertThat(desk.leases(key)).isEqualTo(10);
            assertThat(used(key, LimitKind.CONCURRENCY)).isEqualTo(10);
            assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(50);

            await().atMost(SOON).until(() -> desk.leases(key) == 0);
            assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(50);
            assertThat(used(key, LimitKind.TOKENS)).isEqualTo(500);

            dead.settle(20, new Charge(100, 0));
            assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(20);
            assertThat(used(key, LimitKind.TOKENS)).isEqualTo(100);
            dead.settle(20, new Charge(100, 0));
            assertThat(used(key, LimitKind.REQUESTS)).isEqualTo(20);
        }
    }

    @Test
    void what_nobody_gives_back_is_waited_for_for_a_moment_only() throws Exception {
        LimitedKey key = desk.key("concurrency = 40");
        try (AbandonedOwner dead = AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, 30, 100, Charge.NONE)) {
            List<LimitDecision> decisions = burst(other, key, 20, Charge.NONE);

            assertThat(decisions)
                    .filteredOn(LimitDecision.Granted.class::isInstance)
                    .hasSize(10);
            assertThat(desk.number("select count(*) from limit_state where allotted_until > clock_timestamp()"
                            + " and key_id = " + key.id()))
                    .as("long before the database gives it up")
                    .isEqualTo(1);
            settle(decisions);
            dead.settle(0, Charge.NONE);
        }
    }

    @Test
    void calls_that_wait_for_an_allotment_are_answered_when_the_gateway_stops() throws Exception {
        List<LimitedKey> keys = new ArrayList<>();
        for (int key = 0; key < 200; key++) {
            keys.add(desk.key("requests = 1000000, " + LONG_WINDOWS));
        }
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (LimitedKey key : keys) {
            asked.add(ask(ledger, key));
            asked.add(ask(ledger, key));
        }

        ledger.close();

        assertThat(asked).allSatisfy(one -> assertThat(one).isDone());
        await().atMost(SOON).until(() -> desk.number("select count(*) from lease") == 0);
    }

    @Test
    void requests_that_are_asked_again_are_answered_when_the_gateway_stops() throws Exception {
        LimitedKey key = desk.key("concurrency = 40");
        try (AbandonedOwner dead = AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, 30, 100, Charge.NONE)) {
            List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
            for (int call = 0; call < 20; call++) {
                asked.add(ask(other, key));
            }
            long before = other.stats().batches();
            await().atMost(SOON).until(() -> other.stats().batches() > before);

            other.close();

            assertThat(asked).allSatisfy(one -> assertThat(one).isDone());
            dead.settle(0, Charge.NONE);
            await().atMost(SOON).until(() -> desk.leases(key) == 0);
        }
    }

    @Test
    void a_call_that_runs_on_after_its_allotment_has_lapsed_has_lapsed_too_and_may_be_revived() throws Exception {
        LimitedKey key = desk.key("concurrency = 40, tokens = 10000, " + LONG_WINDOWS);
        Charge ahead = new Charge(500, 0);
        try (AbandonedOwner slow = AbandonedOwner.holdingAhead(desk, key, Duration.ofSeconds(2), 10, 50, ahead)) {
            await().atMost(SOON).until(() -> desk.leases(key) == 0);

            Held running = slow.settleRunning(20, new Charge(100, 0), new Charge(30, 0));
            assertThat(desk.leases(key)).isZero();
            assertThat(used(key, LimitKind.TOKENS)).isEqualTo(100);

            assertThat(slow.revive(running)).isTrue();
            assertThat(desk.leases(key)).isEqualTo(1);
            assertThat(used(key, LimitKind.TOKENS)).isEqualTo(100);
        }
    }

    @Test
    void an_allotment_is_as_much_as_there_is_beside_a_quarter_of_every_limit() throws Exception {
        for (LimitKind kind : LimitKind.values()) {
            String limit = kind.name().toLowerCase(Locale.ROOT);
            LimitedKey key = desk.key(limit + " = 400, " + LONG_WINDOWS);
            int calls = kind == LimitKind.CONCURRENCY ? 350 : 5;
            Charge charge = new Charge(limit.startsWith("tokens") ? 4_000 : 0, limit.startsWith("cost") ? 4_000 : 0);
            try (AbandonedOwner holding =
                    AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, calls, 400, charge)) {
                AllotmentRequest granted = holding.granted();

                assertThat(granted.calls()).as(limit).isEqualTo(kind == LimitKind.CONCURRENCY ? 300 : 5);
                int requests = switch (kind) {
                    case CONCURRENCY -> 400;
                    case REQUESTS -> 300;
                    default -> 30;
                };
                assertThat(granted.requests()).as(limit).isEqualTo(requests);
                assertThat(used(key, kind)).as(limit).isEqualTo(300);
                Optional<AbandonedOwner> another =
                        AbandonedOwner.tryHoldingAhead(desk, key, LedgerDesk.LEASE, 5, 10, new Charge(10, 10));
                assertThat(another.isPresent()).as(limit).isEqualTo(kind == LimitKind.CONCURRENCY);
                if (another.isPresent()) {
                    assertThat(another.get().granted().calls()).isZero();
                    another.get().settle(0, Charge.NONE);
                    another.get().close();
                }
                holding.settle(0, Charge.NONE);
                assertThat(used(key, kind)).as(limit).isZero();
            }
        }
    }

    @Test
    void an_allotment_lasts_no_longer_than_any_window_of_the_key() throws Exception {
        String[][] cases = {
            {"requests = 1000, requests_window_ms = 7000", "7000", "0"},
            {"tokens = 1000, tokens_window_ms = 9000", "9000", "0"},
            {"tokens_per_minute = 1000", "60000", "0"},
            {"cost_daily = 1000", "86400000", "0"},
            // weeks begin on Monday, 1970 began on Thursday
            {"cost_weekly = 1000", "604800000", "345600000"}
        };
        for (String[] one : cases) {
            LimitedKey key = desk.key(one[0]);
            try (AbandonedOwner holding = AbandonedOwner.holdingAhead(desk, key, LedgerDesk.LEASE, 2, 2, Charge.NONE)) {
                long at = desk.number("select at_ms from limit_decision where key_id = " + key.id());
                long window = Long.parseLong(one[1]);
                // a minute is one of the windows of every key that has any
                long left = Math.min(
                        window - Math.floorMod(at - Long.parseLong(one[2]), window),
                        60_000 - Math.floorMod(at, 60_000));
                assertThat(holding.lastsMillis()).as(one[0]).isEqualTo(left);
                holding.settle(0, Charge.NONE);
            }
        }
    }

    /** Calls until an allotment is there, and once more; returns how many calls that were, all settled. */
    private static int makeBusy(PostgresLedger ledger, LimitedKey key) throws Exception {
        long before = ledger.stats().drawn();
        int calls = 0;
        while (ledger.stats().drawn() == before) {
            granted(ask(ledger, key, ESTIMATE, () -> {})).settle(USED);
            calls++;
        }
        return calls;
    }

    private static List<Lease> drawn(PostgresLedger ledger, LimitedKey key, int calls, Runnable onLost)
            throws Exception {
        long before = ledger.stats().drawn();
        List<Lease> leases = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            leases.add(granted(ask(ledger, key, ESTIMATE, onLost)));
        }
        assertThat(ledger.stats().drawn()).isEqualTo(before + calls);
        return leases;
    }

    private static List<LimitDecision> burst(PostgresLedger ledger, LimitedKey key, int calls, Charge estimate)
            throws Exception {
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            asked.add(ask(ledger, key, estimate, () -> {}));
        }
        List<LimitDecision> decisions = new ArrayList<>();
        for (CompletableFuture<LimitDecision> one : asked) {
            decisions.add(decision(one));
        }
        return decisions;
    }

    private static void settle(List<LimitDecision> decisions) {
        for (LimitDecision decision : decisions) {
            if (decision instanceof LimitDecision.Granted granted) {
                granted.lease().settle(Charge.NONE);
            }
        }
    }

    /** Until so many calls at once are held, and so many have begun and are charged for. */
    private void awaitUse(LimitedKey key, long held, long begun) throws SQLException {
        awaitNothingAhead(key);
        await().atMost(SOON).until(() -> desk.leases(key) == held);
        assertThat(desk.number("select requests_used from limit_state where key_id = " + key.id()))
                .isEqualTo(begun);
        assertThat(desk.number("select tokens_used from limit_state where key_id = " + key.id()))
                .isEqualTo(begun * USED.tokens());
        assertThat(desk.number("select total_used from limit_state where key_id = " + key.id()))
                .isEqualTo(begun * USED.nanoDollars());
    }

    private void awaitNothingAhead(LimitedKey key) {
        await().atMost(SOON)
                .until(() ->
                        desk.number("select count(*) from lease where requests > 1 and key_id = " + key.id()) == 0);
    }

    private void awaitUse(LimitedKey key, LimitKind kind, long amount) {
        await().atMost(SOON).until(() -> used(key, kind) == amount);
    }

    private long used(LimitedKey key, LimitKind kind) throws Exception {
        return office().use(key).stream()
                .filter(one -> one.kind() == kind)
                .findFirst()
                .orElseThrow()
                .used();
    }

    private PostgresLedgerOffice office() {
        return new PostgresLedgerOffice(desk.database(), true);
    }
}
