package dev.mehari.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest {
    private static final Charge SOME = new Charge(10, 100);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:30Z"));
    private final MemoryLedger ledger = new MemoryLedger(clock);
    private final AtomicInteger lost = new AtomicInteger();

    private LimitDecision ask(KeyLimits limits, Charge estimate) {
        return ledger.decide(new LimitRequest(new LimitedKey(1, limits), estimate, lost::incrementAndGet));
    }

    private Lease lease(KeyLimits limits, Charge estimate) {
        return ((LimitDecision.Granted) ask(limits, estimate)).lease();
    }

    private long used(LimitKind kind) {
        return use(ledger.use(new LimitedKey(1, KeyLimits.NONE)), kind).used();
    }

    private static KeyUse use(List<KeyUse> all, LimitKind kind) {
        return all.stream().filter(use -> use.kind() == kind).findFirst().orElseThrow();
    }

    private static KeyLimits requests(int most, Duration window) {
        return new KeyLimits(0, new WindowLimit(most, window), 0, null, 0, 0, 0, null);
    }

    @Test // row 2
    void a_window_is_exact_in_a_burst_of_many_threads() throws Exception {
        KeyLimits limits = requests(1_000, Duration.ofMinutes(1));
        AtomicInteger granted = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4_000; i++) {
            threads.execute(() -> {
                if (ask(limits, SOME) instanceof LimitDecision.Granted yes) {
                    granted.incrementAndGet();
                    yes.lease().settle(new Charge(1, 2));
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(granted).hasValue(1_000);
        assertThat(used(LimitKind.TOKENS_PER_MINUTE)).isEqualTo(1_000);
        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(2_000);
        assertThat(ledger.leases()).isEmpty();
    }

    @Test // row 12
    void calls_at_once_never_exceed_the_limit_and_end_once() {
        KeyLimits two = KeyLimits.ofConcurrency(2);
        Lease first = lease(two, SOME);
        lease(two, SOME);

        assertThat(ask(two, SOME)).isEqualTo(new LimitDecision.Refused(LimitKind.CONCURRENCY, 2, 2, null));
        first.settle(SOME);
        first.settle(SOME);

        assertThat(ask(two, SOME)).isInstanceOf(LimitDecision.Granted.class);
        assertThat(ask(two, SOME)).isInstanceOf(LimitDecision.Refused.class);
        assertThat(used(LimitKind.COST_DAILY)).isEqualTo(300);
    }

    @Test
    void a_lower_limit_counts_at_once_and_takes_nothing_away() {
        lease(KeyLimits.ofConcurrency(5), SOME);
        lease(KeyLimits.ofConcurrency(5), SOME);

        assertThat(ask(KeyLimits.ofConcurrency(1), SOME))
                .isEqualTo(new LimitDecision.Refused(LimitKind.CONCURRENCY, 2, 1, null));
        assertThat(ledger.leases()).hasSize(2);
        assertThat(lost).hasValue(0);
    }

    @Test
    void a_clock_that_steps_back_opens_no_window_again() {
        KeyLimits one = requests(1, Duration.ofMinutes(1));
        lease(one, SOME);
        clock.pass(Duration.ofMinutes(1));
        lease(one, SOME);

        clock.pass(Duration.ofMinutes(-1));

        assertThat(ask(one, SOME))
                .isEqualTo(new LimitDecision.Refused(LimitKind.REQUESTS, 1, 1, Instant.parse("2026-11-21T12:02:00Z")));
    }

    @Test
    void a_window_of_another_length_begins_anew() {
        lease(requests(1, Duration.ofMinutes(1)), SOME);

        KeyLimits perHour = requests(1, Duration.ofHours(1));
        lease(perHour, SOME);

        assertThat(ask(perHour, SOME))
                .isEqualTo(new LimitDecision.Refused(LimitKind.REQUESTS, 1, 1, Instant.parse("2026-11-21T13:00:00Z")));
        clock.pass(Duration.ofHours(1));
        assertThat(ask(perHour, SOME)).isInstanceOf(LimitDecision.Granted.class);
    }

    @Test // row 21
    void what_is_taken_back_ends_its_calls_once_and_is_still_charged_for() {
        Lease lease = lease(KeyLimits.ofConcurrency(1), SOME);
        LeaseState held = ledger.leases().get(0);

        assertThat(held.reserved()).isEqualTo(SOME);
        assertThat(ledger.takeBackLease(held.id())).isTrue();
        assertThat(ledger.takeBackLease(held.id())).isFalse();
        assertThat(ledger.takeBack(1)).isZero();
        assertThat(lost).hasValue(1);
        assertThat(used(LimitKind.COST_TOTAL)).isZero();

        lease.settle(new Charge(4, 40));

        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(40);
        assertThat(used(LimitKind.CONCURRENCY)).isZero();
        assertThat(ask(KeyLimits.ofConcurrency(1), SOME)).isInstanceOf(LimitDecision.Granted.class);
    }

    @Test
    void what_is_forced_counts_though_it_is_beyond_the_limit() {
        KeyLimits one = KeyLimits.ofConcurrency(1);
        lease(one, SOME);

        Lease forced = ledger.force(new LimitRequest(new LimitedKey(1, one), SOME, () -> {}));

        assertThat(ask(one, SOME)).isEqualTo(new LimitDecision.Refused(LimitKind.CONCURRENCY, 2, 1, null));
        forced.settle(Charge.NONE);
        assertThat(used(LimitKind.CONCURRENCY)).isEqualTo(1);
    }

    @Test
    void an_idle_key_costs_nothing_but_what_it_has_spent_is_known() {
        KeyLimits budget = new KeyLimits(0, null, 0, null, 0, 0, 150, null);
        Lease running = lease(budget, SOME);
        clock.pass(Duration.ofDays(8));
        ledger.takeChanges();
        ledger.forgetIdle();
        assertThat(ledger.accounts()).as("a call runs").isEqualTo(1);

        running.settle(SOME);
        ledger.forgetIdle();
        assertThat(ledger.accounts()).as("not kept yet").isEqualTo(1);
        ledger.takeChanges();
        ledger.forgetIdle();

        assertThat(ledger.accounts()).isZero();
        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(100);
        assertThat(use(ledger.use(new LimitedKey(1, budget)), LimitKind.COST_TOTAL))
                .isEqualTo(new KeyUse(LimitKind.COST_TOTAL, 100, 150, null));
        assertThat(ask(budget, SOME)).isEqualTo(new LimitDecision.Refused(LimitKind.COST_TOTAL, 100, 150, null));
    }

    @Test
    void keeping_forgetting_and_deciding_at_once_lose_nothing() throws Exception {
        KeyLimits budget = new KeyLimits(0, null, 0, null, 0, 0, 1_000_000, null);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Runnable> work = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            work.add(
                    i % 20 == 0
                            ? () -> {
                                ledger.takeChanges();
                                ledger.forgetIdle();
                            }
                            : () -> lease(budget, SOME).settle(new Charge(0, 1)));
            if (i % 100 == 0) {
                work.add(() -> clock.pass(Duration.ofDays(8)));
            }
        }
        work.forEach(threads::execute);
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(use(ledger.use(new LimitedKey(1, budget)), LimitKind.COST_TOTAL)
                        .used())
                .isEqualTo(19_000);
    }

    @Test
    void a_counter_of_a_window_that_is_over_is_not_gone_on_with() {
        KeyLimits one = requests(1, Duration.ofMinutes(1));
        lease(one, SOME);
        List<KeyCounters> kept = ledger.takeChanges();
        MemoryLedger atOnce = new MemoryLedger(clock);
        atOnce.restore(kept);
        clock.pass(Duration.ofMinutes(1));
        MemoryLedger later = new MemoryLedger(clock);
        later.restore(kept);
        clock.pass(Duration.ofMinutes(-1));

        assertThat(use(atOnce.use(new LimitedKey(1, one)), LimitKind.REQUESTS).used())
                .isEqualTo(1);
        assertThat(use(later.use(new LimitedKey(1, one)), LimitKind.REQUESTS).used())
                .isZero();
    }
}
