package dev.mehari.storage.ledger;

import static dev.mehari.storage.ledger.LedgerDesk.LEASE;
import static dev.mehari.storage.ledger.LedgerDesk.ask;
import static dev.mehari.storage.ledger.LedgerDesk.decision;
import static dev.mehari.storage.ledger.LedgerDesk.granted;
import static dev.mehari.storage.ledger.LedgerDesk.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.KeyUse;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitKind;
import dev.mehari.limits.LimitedKey;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger of three instances, in one process, on a PostgreSQL that is there. */
class PostgresLedgerIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Duration SOON = Duration.ofSeconds(5);

    private final LedgerDesk desk = new LedgerDesk(DATABASE);
    private final List<PostgresLedger> ledgers = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        for (int instance = 0; instance < 3; instance++) {
            ledgers.add(desk.ledger());
        }
    }

    @AfterEach
    void close() throws Exception {
        assertThat(desk.miscounted()).isZero();
        ledgers.forEach(PostgresLedger::close);
        assertThat(desk.miscounted()).isZero();
    }

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    @Test // row 14
    void a_burst_on_three_instances_gets_exactly_as_many_leases_as_the_key_may_hold() throws Exception {
        LimitedKey key = desk.key(7);

        List<LimitDecision> decisions = burst(key, Charge.NONE, 300);

        assertThat(leases(decisions)).hasSize(7);
        assertThat(refusals(decisions)).hasSize(293).allSatisfy(refusal -> {
            assertThat(refusal.kind()).isEqualTo(LimitKind.CONCURRENCY);
            assertThat(refusal.current()).isEqualTo(7);
            assertThat(refusal.limit()).isEqualTo(7);
            assertThat(refusal.resetAt()).isNull();
        });
        assertThat(desk.leases(key)).isEqualTo(7);

        leases(decisions).forEach(lease -> lease.settle(Charge.NONE));
        await().atMost(SOON).until(() -> desk.leases(key) == 0);
        assertThat(leases(burst(key, Charge.NONE, 30))).hasSize(7);
    }

    @Test // row 2
    void a_burst_gets_exactly_as_many_requests_as_the_window_has_then_the_next_window_begins() throws Exception {
        LimitedKey key = desk.key("requests = 10, requests_window_ms = 3000");
        // a whole window lies ahead
        refused(burstUntilRefused(key));
        LimitDecision.Refused full = refused(ask(ledgers.get(0), key));
        await().atMost(SOON).until(() -> !Instant.now().isBefore(full.resetAt()));

        List<LimitDecision> decisions = burst(key, Charge.NONE, 50);

        assertThat(leases(decisions)).hasSize(10);
        assertThat(refusals(decisions)).allSatisfy(refusal -> {
            assertThat(refusal.kind()).isEqualTo(LimitKind.REQUESTS);
            assertThat(refusal.current()).isEqualTo(10);
            assertThat(refusal.resetAt()).isEqualTo(full.resetAt().plusSeconds(3));
        });
        leases(decisions).forEach(lease -> lease.settle(Charge.NONE));
        assertThat(decision(ask(ledgers.get(1), key))).isInstanceOf(LimitDecision.Refused.class);
    }

    @Test // row 3
    void a_window_that_has_passed_is_not_corrected() throws Exception {
        LimitedKey key = desk.key(
                "tokens_per_minute = 1000, tokens = 1000, cost_daily = 1000, cost_weekly = 1000, cost_total = 1000");
        Lease lease = granted(ask(ledgers.get(0), key, new Charge(100, 100), () -> {}));
        DATABASE.execute("update limit_state set minute_window = minute_window + 1, minute_used = 0,"
                + " tokens_window = tokens_window + 1, tokens_used = 0, day_window = day_window + 1, day_used = 0,"
                + " week_window = week_window + 1, week_used = 0 where key_id = " + key.id());

        lease.settle(new Charge(40, 40));

        await().atMost(SOON).until(() -> used(key, LimitKind.COST_TOTAL) == 40);
        assertThat(desk.number(
                        "select minute_used + tokens_used + day_used + week_used from limit_state where key_id = "
                                + key.id()))
                .isZero();
    }

    @Test
    void what_another_instance_granted_alone_counts_from_the_moment_it_is_entered() throws Exception {
        LimitedKey key = desk.key(2);
        granted(ask(ledgers.get(0), key));
        long owner = desk.number("select nextval('owner_seq')");
        String entered = "array[" + key.id() + "], array[" + key.id() + "], array[" + (owner << 40 | 1) + "]";

        desk.number("select cardinality(adopt(" + owner + ", 30000, true, " + entered
                + ", array[0], array[0], array[0], array[1]))");

        assertThat(refused(ask(ledgers.get(1), key)).current()).isEqualTo(2);
    }

    @Test // row 3
    void tokens_are_reserved_then_corrected_to_what_was_used() throws Exception {
        LimitedKey key = desk.key("tokens = 1000, tokens_window_ms = 31622400000");
        Lease first = granted(ask(ledgers.get(0), key, new Charge(900, 0), () -> {}));
        assertThat(refused(ask(ledgers.get(1), key, new Charge(101, 0), () -> {}))
                        .current())
                .isEqualTo(900);

        first.settle(new Charge(600, 0));
        first.settle(new Charge(1, 0));
        await().atMost(SOON).until(() -> used(key, LimitKind.TOKENS) == 600);
        Lease second = granted(ask(ledgers.get(1), key, new Charge(400, 0), () -> {}));
        second.settle(new Charge(600, 0));
        await().atMost(SOON).until(() -> used(key, LimitKind.TOKENS) == 1200);

        LimitDecision.Refused third = refused(ask(ledgers.get(2), key));
        assertThat(third.kind()).isEqualTo(LimitKind.TOKENS);
        assertThat(third.current()).isEqualTo(1200);
        assertThat(third.limit()).isEqualTo(1000);
        assertThat(third.resetAt()).isAfter(Instant.now());
    }

    @Test // row 3
    void money_is_limited_by_day_week_and_in_total() throws Exception {
        for (String[] one : new String[][] {
            {"cost_daily", "COST_DAILY"}, {"cost_weekly", "COST_WEEKLY"}, {"cost_total", "COST_TOTAL"}
        }) {
            LimitedKey key = desk.key(one[0] + " = 1000");
            List<LimitDecision> decisions = burst(key, new Charge(5, 300), 12);

            LimitKind kind = LimitKind.valueOf(one[1]);
            assertThat(leases(decisions)).hasSize(3);
            assertThat(refusals(decisions)).allSatisfy(refusal -> {
                assertThat(refusal.kind()).isEqualTo(kind);
                assertThat(refusal.current()).isEqualTo(900);
            });
            assertThat(refusals(decisions).get(0).resetAt() == null).isEqualTo(kind == LimitKind.COST_TOTAL);
            assertThat(used(key, LimitKind.COST_DAILY)).isEqualTo(900);
            assertThat(used(key, LimitKind.COST_WEEKLY)).isEqualTo(900);
            assertThat(used(key, LimitKind.COST_TOTAL)).isEqualTo(900);
        }
    }

    @Test
    void settling_twice_gives_one_slot_back() throws Exception {
        LimitedKey key = desk.key(2);
        Lease first = granted(ask(ledgers.get(0), key));
        granted(ask(ledgers.get(0), key));

        first.settle(Charge.NONE);
        first.settle(Charge.NONE);
        await().atMost(SOON).until(() -> desk.leases(key) == 1);

        granted(ask(ledgers.get(0), key));
        refused(ask(ledgers.get(0), key));
    }

    @Test // row 16
    void the_slot_of_an_owner_that_died_is_free_after_the_lease_time_and_not_before() throws Exception {
        LimitedKey key = desk.key(1);
        Duration lease = Duration.ofSeconds(2);
        try (AbandonedOwner dead = AbandonedOwner.holding(desk, key, lease, new Charge(70, 0))) {
            Instant granted = Instant.now();
            while (Instant.now().isBefore(granted.plus(lease).minusMillis(300))) {
                refused(ask(ledgers.get(1), key));
            }
            await().atMost(SOON).until(() -> decision(ask(ledgers.get(1), key)) instanceof LimitDecision.Granted);
            assertThat(Instant.now()).isAfter(granted.plus(lease).minusMillis(300));
            await().atMost(SOON)
                    .until(() -> desk.number("select count(*) from lease_expired where key_id = " + key.id()) == 1);
            assertThat(used(key, LimitKind.COST_TOTAL)).isZero();

            dead.settle(new Charge(20, 9));
            assertThat(used(key, LimitKind.TOKENS_PER_MINUTE)).isIn(20L, 0L);
            assertThat(used(key, LimitKind.COST_TOTAL)).isEqualTo(9);
            dead.settle(new Charge(20, 9));
            assertThat(used(key, LimitKind.COST_TOTAL)).isEqualTo(9);
        }
    }

    @Test // row 17
    void a_call_of_three_lease_times_stays_counted() throws Exception {
        LimitedKey key = desk.key(1);
        Duration lease = Duration.ofSeconds(1);
        try (PostgresLedger holder = desk.ledger(lease, Duration.ZERO)) {
            List<String> lost = new ArrayList<>();
            Lease held = granted(ask(holder, key, Charge.NONE, () -> lost.add("lost")));
            Instant end = Instant.now().plus(lease.multipliedBy(3)).plusMillis(500);
            while (Instant.now().isBefore(end)) {
                refused(ask(ledgers.get(1), key));
            }
            held.settle(Charge.NONE);
            await().atMost(SOON).until(() -> decision(ask(ledgers.get(1), key)) instanceof LimitDecision.Granted);
            assertThat(lost).isEmpty();
        }
    }

    @Test // row 18
    void closing_gives_back_only_the_leases_of_that_instance() throws Exception {
        LimitedKey key = desk.key(2);
        granted(ask(ledgers.get(0), key));
        granted(ask(ledgers.get(1), key));

        ledgers.get(0).close();

        assertThat(desk.leases(key)).isEqualTo(1);
        granted(ask(ledgers.get(2), key));
        refused(ask(ledgers.get(2), key));
        assertThat(decision(ask(ledgers.get(0), key))).isInstanceOf(LimitDecision.Unavailable.class);
    }

    @Test
    void a_lease_taken_back_by_an_operator_breaks_its_call_off_frees_the_slot_and_is_still_charged_for()
            throws Exception {
        LimitedKey key = desk.key("concurrency = 1, tokens_per_minute = 1000000");
        PostgresLedger.follow(desk.database().listener(), ledgers.get(0));
        desk.database().listener().start();
        CompletableFuture<String> lost = new CompletableFuture<>();
        Lease held = granted(ask(ledgers.get(0), key, new Charge(700, 0), () -> lost.complete("lost")));
        PostgresLedgerOffice office = new PostgresLedgerOffice(desk.database(), true);
        assertThat(office.leases()).anySatisfy(lease -> {
            assertThat(lease.keyId()).isEqualTo(key.id());
            assertThat(lease.reserved()).isEqualTo(new Charge(700, 0));
            assertThat(lease.expiresAt()).isAfterOrEqualTo(lease.grantedAt().plus(LEASE));
        });

        assertThat(office.takeBack(key.id())).isEqualTo(1);

        assertThat(lost).succeedsWithin(Duration.ofSeconds(3));
        assertThat(used(key, LimitKind.TOKENS_PER_MINUTE)).isZero();
        granted(ask(ledgers.get(1), key));
        held.settle(new Charge(5, 0));
        await().atMost(SOON).until(() -> used(key, LimitKind.TOKENS_PER_MINUTE) == 5);
        assertThat(desk.leases(key)).isEqualTo(1);
        long id = desk.number("select lease_id from lease where key_id = " + key.id());
        assertThat(office.takeBackLease(id)).isTrue();
        assertThat(office.takeBackLease(id)).isFalse();
        assertThat(office.takeBack(key.id())).isZero();
        assertThat(office.use(new LimitedKey(-1, KeyLimits.NONE))).isEmpty();
        assertThat(ledgers.get(0).stats().lost()).isEqualTo(1);
    }

    @Test
    void a_lease_taken_back_while_its_holder_is_not_connected_does_not_come_back_with_it() throws Exception {
        LimitedKey key = desk.key(1);
        CompletableFuture<String> lost = new CompletableFuture<>();
        granted(ask(ledgers.get(0), key, Charge.NONE, () -> lost.complete("lost")));
        assertThat(new PostgresLedgerOffice(desk.database(), true).takeBack(key.id()))
                .isEqualTo(1);

        desk.cutLedgers();
        granted(ask(ledgers.get(0), key));

        assertThat(lost).succeedsWithin(Duration.ofSeconds(3));
        assertThat(desk.leases(key)).isEqualTo(1);
    }

    @Test
    void a_key_that_was_purged_does_not_harm_the_others_of_its_batch() throws Exception {
        LimitedKey gone = desk.key(1);
        LimitedKey key = desk.key(1);
        DATABASE.execute("delete from api_key where id = " + gone.id());
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (int call = 0; call < 20; call++) {
            asked.add(ask(ledgers.get(0), gone, new Charge(5, 5), () -> {}));
            asked.add(ask(ledgers.get(0), key));
        }
        List<LimitDecision> decisions = new ArrayList<>();
        for (CompletableFuture<LimitDecision> one : asked) {
            decisions.add(decision(one));
        }
        assertThat(leases(decisions)).hasSize(21);
    }

    @Test
    void a_request_that_the_database_cannot_take_does_not_harm_the_others_of_its_batch() throws Exception {
        LimitedKey key = desk.key("tokens = 1000000000000");
        granted(ask(ledgers.get(0), key, new Charge(9, 0), () -> {}));
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (int call = 0; call < 50; call++) {
            asked.add(ask(ledgers.get(0), key, new Charge(call == 25 ? Long.MAX_VALUE : 1, 0), () -> {}));
        }
        List<LimitDecision> decisions = new ArrayList<>();
        for (CompletableFuture<LimitDecision> one : asked) {
            decisions.add(decision(one));
        }
        assertThat(leases(decisions)).hasSize(49);
        assertThat(decisions.get(25)).isInstanceOf(LimitDecision.Unavailable.class);
        await().atMost(SOON).until(() -> used(key, LimitKind.TOKENS) == 58);
    }

    @Test
    void connections_cut_in_mid_flight_fail_nobody_and_leave_no_lease() throws Exception {
        LimitedKey key = desk.key(20);
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
            for (int call = 0; call < 300; call++) {
                asked.add(ask(ledgers.get(call % 3), key));
                if (call == 100) {
                    desk.cutLedgers();
                }
            }
            List<LimitDecision> decisions = new ArrayList<>();
            for (CompletableFuture<LimitDecision> one : asked) {
                decisions.add(decision(one));
            }
            assertThat(leases(decisions))
                    .as(() -> "granted alone: "
                            + ledgers.stream()
                                    .mapToLong(one -> one.stats().alone())
                                    .sum())
                    .hasSizeLessThanOrEqualTo(20)
                    .isNotEmpty();
            assertThat(refusals(decisions).size() + leases(decisions).size()).isEqualTo(300);
            leases(decisions).forEach(lease -> lease.settle(Charge.NONE));
            await().atMost(SOON).until(() -> desk.leases(key) == 0);
        }
    }

    @Test
    void a_window_of_another_length_begins_anew() throws Exception {
        LimitedKey key = desk.key("requests = 1, requests_window_ms = 1000");
        granted(ask(ledgers.get(0), key));
        DATABASE.execute("update api_key set requests_window_ms = 31622400000 where id = " + key.id());

        granted(ask(ledgers.get(0), key));
        refused(ask(ledgers.get(0), key));
    }

    private CompletableFuture<LimitDecision> burstUntilRefused(LimitedKey key) throws Exception {
        while (true) {
            CompletableFuture<LimitDecision> asked = ask(ledgers.get(0), key);
            if (decision(asked) instanceof LimitDecision.Refused) {
                return asked;
            }
        }
    }

    /** Asks all three instances in turn. */
    private List<LimitDecision> burst(LimitedKey key, Charge estimate, int calls) throws Exception {
        List<CompletableFuture<LimitDecision>> asked = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            asked.add(ask(ledgers.get(call % 3), key, estimate, () -> {}));
        }
        List<LimitDecision> decisions = new ArrayList<>();
        for (CompletableFuture<LimitDecision> one : asked) {
            decisions.add(decision(one));
        }
        return decisions;
    }

    private long used(LimitedKey key, LimitKind kind) throws Exception {
        List<KeyUse> use = new PostgresLedgerOffice(desk.database(), true).use(key);
        assertThat(use).hasSize(LimitKind.values().length);
        return use.stream()
                .filter(one -> one.kind() == kind)
                .findFirst()
                .orElseThrow()
                .used();
    }

    private static List<Lease> leases(List<LimitDecision> decisions) {
        return decisions.stream()
                .filter(LimitDecision.Granted.class::isInstance)
                .map(decision -> ((LimitDecision.Granted) decision).lease())
                .toList();
    }

    private static List<LimitDecision.Refused> refusals(List<LimitDecision> decisions) {
        return decisions.stream()
                .filter(LimitDecision.Refused.class::isInstance)
                .map(LimitDecision.Refused.class::cast)
                .toList();
    }
}
