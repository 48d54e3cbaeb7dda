package dev.mehari.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.LimitExceeded;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.LoopCall;
import dev.mehari.testing.TestExchange;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitKeyTest {
    private static final KeyLimits ONE = KeyLimits.ofConcurrency(1);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:30.5Z"));
    private final MemoryLedger memory = new MemoryLedger(clock);
    private final LaterLedger later = new LaterLedger(memory);
    private final KeyQueues queues = new KeyQueues();
    private final LimitCounts counts = new LimitCounts();
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final List<Exchange> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    /** One call on its way through the processor. */
    private final class Attempt {
        final LoopCall call = new LoopCall(loop);
        final Exchange exchange = TestExchange.create();
        boolean atOnce;

        Attempt(LimitLedger ledger, KeyLimits limits) {
            this(limits);
            send(ledger);
        }

        Attempt(KeyLimits limits) {
            exchange.setProperty(ExchangeKeys.CALL, call);
            exchange.setProperty(ExchangeKeys.LIMITED_KEY, new LimitedKey(1, limits));
            exchange.getMessage().setBody(new byte[40]);
        }

        final void send(LimitLedger ledger) {
            LimitKey limitKey = new LimitKey(
                    ledger, (model, bytes) -> new Charge(bytes / 4, bytes), queues, counts, clock, System::nanoTime);
            atOnce = limitKey.process(exchange, doneSync -> done.add(exchange));
        }

        boolean isDone() {
            return done.contains(exchange);
        }

        Attempt awaitDone() {
            await().until(this::isDone);
            return this;
        }

        LimitExceeded refusal() {
            assertThat(exchange.getException()).isInstanceOf(LimitExceeded.class);
            return exchange.getException(LimitExceeded.class);
        }
    }

    private Attempt now(KeyLimits limits) {
        return new Attempt(memory, limits);
    }

    private Attempt now(KeyLimits limits, Duration age, long clientTimeoutMillis) {
        Attempt attempt = new Attempt(limits);
        attempt.call.startedAt(System.nanoTime() - age.toNanos());
        attempt.exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, clientTimeoutMillis);
        attempt.send(memory);
        return attempt;
    }

    private Attempt later(KeyLimits limits) {
        return new Attempt(later, limits);
    }

    private long used(LimitKind kind) {
        return memory.use(new LimitedKey(1, KeyLimits.NONE)).stream()
                .filter(use -> use.kind() == kind)
                .findFirst()
                .orElseThrow()
                .used();
    }

    private static KeyLimits queue(int concurrency, int size, Duration timeout) {
        return new KeyLimits(concurrency, null, 0, null, 0, 0, 0, new QueueLimit(size, timeout));
    }

    @Test // row 13
    void calls_without_limits_and_unmetered_ones_pass_straight_on() {
        Attempt first = now(ONE);
        Attempt unmetered = now(ONE);
        assertThat(unmetered.exchange.getException()).isNotNull();
        unmetered.exchange.setException(null);
        unmetered.exchange.setProperty(ExchangeKeys.METERED, false);
        unmetered.send(memory);
        Attempt free = now(ONE);
        free.exchange.setException(null);
        free.exchange.removeProperty(ExchangeKeys.LIMITED_KEY);
        free.send(memory);

        assertThat(unmetered.exchange.getException()).isNull();
        assertThat(free.exchange.getException()).isNull();
        assertThat(first.atOnce && unmetered.atOnce && free.atOnce).isTrue();
        assertThat(memory.leases()).hasSize(1);
    }

    @Test // row 15
    void a_client_may_call_again_as_soon_as_it_has_its_answer() {
        Attempt first = now(ONE);
        first.exchange.setProperty(ExchangeKeys.CHARGE, new Charge(7, 70));

        first.call.answered();

        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(70);
        Attempt next = now(ONE);
        assertThat(next.exchange.getException()).isNull();
        first.call.end();
        assertThat(memory.leases()).hasSize(1);
        assertThat(counts.held()).isEqualTo(1);
    }

    @Test // row 15
    void a_lease_is_settled_once_with_what_the_call_has_used() {
        Attempt call = now(ONE);
        assertThat(call.atOnce).isTrue();
        assertThat(counts.held()).isEqualTo(1);
        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(40);

        call.exchange.setProperty(ExchangeKeys.CHARGE, new Charge(7, 70));
        call.call.end();
        call.call.end();

        assertThat(used(LimitKind.TOKENS_PER_MINUTE)).isEqualTo(7);
        assertThat(used(LimitKind.COST_TOTAL)).isEqualTo(70);
        assertThat(memory.leases()).isEmpty();
        assertThat(counts.of(LimitOutcome.GRANTED)).isEqualTo(1);
    }

    @Test
    void a_call_without_known_usage_is_not_charged() {
        now(ONE).call.end();

        assertThat(used(LimitKind.COST_TOTAL)).isZero();
        assertThat(counts.held()).isZero();
    }

    @Test
    void a_decision_that_comes_later_is_acted_on_on_the_calls_own_thread() throws Exception {
        Attempt granted = later(ONE);
        Attempt refused = later(ONE);
        assertThat(granted.atOnce || refused.atOnce).isFalse();
        assertThat(done).isEmpty();

        later.answer();
        granted.awaitDone();
        later.answer();
        refused.awaitDone();

        assertThat(granted.exchange.getException()).isNull();
        assertThat(refused.refusal().code()).isEqualTo("concurrency_limit_exceeded");
        granted.call.end();
        assertThat(memory.leases()).isEmpty();
    }

    @Test
    void a_client_that_leaves_while_the_decision_is_under_way_keeps_nothing() throws Exception {
        Attempt call = later(ONE);
        call.call.clientLeaves();

        later.answer();

        call.awaitDone();
        assertThat(call.exchange.getException()).isInstanceOf(ClientGone.class);
        assertThat(memory.leases()).isEmpty();
        assertThat(used(LimitKind.COST_TOTAL)).isZero();
        assertThat(counts.of(LimitOutcome.CANCELLED)).isEqualTo(1);
        assertThat(counts.held()).isZero();
    }

    @Test // row 21
    void a_call_whose_lease_is_taken_back_is_broken_off() {
        Attempt call = now(ONE);

        assertThat(memory.takeBack(1)).isEqualTo(1);

        assertThat(call.call.brokenOff())
                .isInstanceOfSatisfying(
                        LimitExceeded.class, lost -> assertThat(lost.code()).isEqualTo("lease_lost"));
        call.call.end();
        assertThat(counts.held()).isZero();
    }

    @Test
    void nobody_to_decide_is_an_outage_and_not_a_refusal() {
        StorageUnavailable away = new StorageUnavailable("away", Duration.ofSeconds(1), null);
        Attempt call = new Attempt(
                new LimitLedger() {
                    @Override
                    public void acquire(LimitRequest request, java.util.function.Consumer<LimitDecision> answer) {
                        answer.accept(new LimitDecision.Unavailable(away));
                    }

                    @Override
                    public void close() {}
                },
                ONE);

        assertThat(call.exchange.getException()).isSameAs(away);
        assertThat(counts.of(LimitOutcome.UNAVAILABLE)).isEqualTo(1);
    }

    @Test // row 2, row 3
    void refusals_for_a_window_say_what_is_used_and_when_to_come_back() {
        KeyLimits perWindow = new KeyLimits(0, new WindowLimit(1, Duration.ofMinutes(1)), 0, null, 0, 0, 0, null);
        now(perWindow);
        LimitExceeded requests = now(perWindow).refusal();
        LimitExceeded minute =
                now(new KeyLimits(0, null, 19, null, 0, 0, 0, null)).refusal();
        LimitExceeded tokens = now(new KeyLimits(0, null, 0, new WindowLimit(9, Duration.ofHours(1)), 0, 0, 0, null))
                .refusal();

        assertThat(requests.code()).isEqualTo("rate_limit_exceeded");
        assertThat(requests.kind()).isEqualTo(LimitExceeded.Kind.RATE);
        assertThat(requests.details())
                .containsEntry("current", 1L)
                .containsEntry("limit", 1L)
                .containsEntry("resetAt", "2026-11-21T12:01:00Z");
        assertThat(requests.retryAfter()).as("29.5 s").isEqualTo(Duration.ofSeconds(30));
        assertThat(minute.code()).isEqualTo("token_limit_exceeded");
        assertThat(minute.details()).containsEntry("current", 10L).containsEntry("limit", 19L);
        assertThat(tokens.details()).containsEntry("resetAt", "2026-11-21T13:00:00Z");
    }

    @Test // row 48
    void refusals_for_money_are_in_dollars() {
        now(new KeyLimits(0, null, 0, null, 40, 0, 0, null));
        LimitExceeded daily =
                now(new KeyLimits(0, null, 0, null, 40, 0, 0, null)).refusal();
        LimitExceeded weekly =
                now(new KeyLimits(0, null, 0, null, 0, 40, 0, null)).refusal();
        LimitExceeded total =
                now(new KeyLimits(0, null, 0, null, 0, 0, 40, null)).refusal();

        assertThat(daily.code()).isEqualTo("daily_cost_limit_exceeded");
        assertThat(daily.kind()).isEqualTo(LimitExceeded.Kind.BUDGET);
        assertThat(daily.details())
                .containsEntry("currentCost", new BigDecimal("0.00000004"))
                .containsEntry("costLimit", new BigDecimal("0.00000004"))
                .containsEntry("resetAt", "2026-11-22T00:00:00Z");
        assertThat(weekly.code()).isEqualTo("weekly_cost_limit_exceeded");
        assertThat(weekly.details()).containsEntry("resetAt", "2026-11-23T00:00:00Z");
        assertThat(total.code()).isEqualTo("total_cost_limit_exceeded");
        assertThat(total.details()).doesNotContainKey("resetAt");
        assertThat(total.retryAfter()).isNull();
    }

    @Test // row 19
    void a_call_beyond_the_limit_waits_and_those_who_wait_are_served_in_order() {
        KeyLimits limits = queue(1, 2, Duration.ofSeconds(20));
        Attempt running = now(limits);
        Attempt first = now(limits);
        await().until(() -> queues.waiting() == 1);
        Attempt second = now(limits);
        await().until(() -> queues.waiting() == 2);
        assertThat(queues.waitingByKey().values()).containsExactly(2);
        Attempt tooMany = now(limits).awaitDone();

        assertThat(tooMany.refusal().code()).isEqualTo("concurrency_queue_full");
        assertThat(tooMany.refusal().retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(tooMany.refusal().details())
                .containsEntry("currentConcurrency", 1L)
                .containsEntry("concurrencyLimit", 1)
                .containsEntry("queueCount", 2)
                .containsEntry("maxQueueSize", 2)
                .containsEntry("queueTimeoutMs", 20_000L)
                .containsEntry("retryAfterSeconds", 20L);

        running.call.end();
        first.awaitDone();
        assertThat(first.exchange.getException()).isNull();
        assertThat(second.isDone()).isFalse();
        first.call.end();
        second.awaitDone();
        assertThat(second.exchange.getException()).isNull();
    }

    @Test
    void a_newcomer_does_not_pass_those_who_wait() {
        Attempt running = now(queue(1, 2, Duration.ofSeconds(20)));
        Attempt waiting = now(queue(1, 2, Duration.ofSeconds(20)));
        await().until(() -> queues.waiting() == 1);

        Attempt newcomer = now(queue(2, 2, Duration.ofSeconds(20)));

        // Its limit would let it in, but one waits whose limit was read before.
        assertThat(newcomer.atOnce).isFalse();
        await().until(() -> queues.waiting() == 2);
        running.call.end();
        waiting.awaitDone();
        newcomer.awaitDone();
        assertThat(memory.leases()).hasSize(2);
    }

    @Test
    void the_first_one_notices_a_slot_that_came_back_elsewhere() {
        Lease elsewhere = memory.force(new LimitRequest(new LimitedKey(1, ONE), Charge.NONE, () -> {}));
        Attempt waiting = now(queue(1, 1, Duration.ofSeconds(20)));
        await().until(() -> queues.waiting() == 1);

        elsewhere.settle(Charge.NONE);

        waiting.awaitDone();
        assertThat(waiting.exchange.getException()).isNull();
    }

    @Test // row 19
    void a_wait_ends_with_its_timeout() {
        now(ONE);

        Attempt waiting = now(queue(1, 1, Duration.ofMillis(150))).awaitDone();

        assertThat(waiting.refusal().code()).isEqualTo("queue_timeout");
        assertThat(waiting.refusal().retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat((long) waiting.refusal().details().get("waitTimeMs")).isBetween(150L, 5_000L);
        assertThat(queues.waiting()).isZero();
    }

    @Test // row 19
    void nobody_waits_longer_than_its_client_does_counted_from_the_beginning_of_the_call() {
        now(ONE);

        Attempt waiting = now(queue(1, 1, Duration.ofSeconds(30)), Duration.ofMillis(9_900), 10_000L);

        assertThat(waiting.awaitDone().refusal().code()).isEqualTo("queue_timeout");
        assertThat((long) waiting.refusal().details().get("waitTimeMs")).isLessThan(9_000L);
    }

    @Test
    void a_client_that_leaves_the_queue_leaves_no_trace() throws Exception {
        KeyLimits limits = queue(1, 5, Duration.ofSeconds(20));
        Attempt running = now(limits);
        Attempt leaving = now(limits);
        Attempt next = now(limits);
        await().until(() -> queues.waiting() == 2);

        leaving.call.clientLeaves();

        leaving.awaitDone();
        assertThat(leaving.exchange.getException()).isInstanceOf(ClientGone.class);
        running.call.end();
        next.awaitDone();
        assertThat(memory.leases()).hasSize(1);
    }

    @Test
    void a_lease_that_comes_after_the_wait_has_ended_is_given_back() throws Exception {
        KeyLimits limits = queue(1, 5, Duration.ofSeconds(20));
        Lease elsewhere = memory.force(new LimitRequest(new LimitedKey(1, ONE), Charge.NONE, () -> {}));
        Attempt waiting = later(limits);
        later.answer();
        await().until(() -> queues.waiting() == 1);
        elsewhere.settle(Charge.NONE);
        await().until(() -> later.asked() == 1);

        waiting.call.clientLeaves();
        later.answer();

        waiting.awaitDone();
        await().until(() -> memory.leases().isEmpty());
        assertThat(done).hasSize(1);
    }

    @Test // row 20
    void statistics_account_for_everyone_who_waited() throws Exception {
        KeyLimits limits = queue(1, 3, Duration.ofSeconds(20));
        Attempt running = now(limits);
        Attempt served = now(limits);
        await().until(() -> queues.waiting() == 1);
        Attempt timingOut = now(queue(1, 3, Duration.ofMillis(800)));
        await().until(() -> queues.waiting() == 2);
        Attempt leaving = now(limits);
        await().until(() -> queues.waiting() == 3);
        now(limits).awaitDone();
        timingOut.awaitDone();
        leaving.call.clientLeaves();
        running.call.end();
        served.awaitDone();
        Attempt waiting = now(limits);
        await().until(() -> queues.waiting() == 1);

        KeyQueueStats stats = queues.stats().get(0);

        assertThat(stats.keyId()).isEqualTo(1);
        assertThat(stats.entered()).isEqualTo(4);
        assertThat(stats.success()).isEqualTo(1);
        assertThat(stats.timeout()).isEqualTo(1);
        assertThat(stats.cancelled()).isEqualTo(1);
        assertThat(stats.waiting()).isEqualTo(1);
        assertThat(stats.rejected()).isEqualTo(1);
        assertThat(stats.p50()).isGreaterThanOrEqualTo(Duration.ofMillis(800));
        assertThat(stats.p99()).isGreaterThanOrEqualTo(stats.p50());
        assertThat(waiting.isDone()).isFalse();
    }

    @Test
    void many_calls_through_a_queue_end_once_each_and_never_exceed_the_limit() {
        KeyLimits limits = queue(3, 500, Duration.ofSeconds(20));
        List<Attempt> all = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 60; i++) {
            Attempt attempt = now(limits);
            all.add(attempt);
            loop.execute(() -> assertThat(memory.leases()).hasSizeLessThanOrEqualTo(3));
            if (i % 7 == 0) {
                loop.execute(attempt.call::end);
            }
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            all.stream().filter(Attempt::isDone).forEach(attempt -> attempt.call.end());
            return done.size() == 60;
        });
        all.forEach(attempt -> attempt.call.end());

        assertThat(memory.leases()).isEmpty();
        assertThat(queues.waiting()).isZero();
        assertThat(counts.held()).isZero();
        assertThat(all)
                .allSatisfy(
                        attempt -> assertThat(attempt.exchange.getException()).isNull());
    }
}
