package dev.mehari.admission;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.GatewayBusy.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionGateTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECONDS.toNanos(3));
    private final List<String> order = new ArrayList<>();

    // row 4, row 5
    @Test
    void starts_counting_and_measuring_over_after_a_rehearsal() {
        AdmissionGate gate = new AdmissionGate(new AdmissionLimits(1, 1, Duration.ofSeconds(5)), () -> 0L);
        gate.tryEnter().close();
        assertThat(gate.stats().admitted()).isEqualTo(1);

        gate.startOver();

        assertThat(gate.stats().entered()).isZero();
        assertThat(gate.stats().admitted()).isZero();
        assertThat(gate.tryEnter()).isNotNull();
    }

    @Test
    void gives_no_more_permits_than_there_are() {
        AdmissionGate gate = gate(100, 200);
        for (int i = 0; i < 100; i++) {
            assertThat(gate.enter(waiter("a", 0))).isInstanceOf(Admission.Admitted.class);
        }
        assertThat(gate.tryEnter()).isNull();
        assertThat(gate.enter(waiter("a", 0))).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.stats().inUse()).isEqualTo(100);
    }

    @Test
    void a_permit_closed_twice_comes_back_once() {
        AdmissionGate gate = gate(2, 0);
        Permit first = permit(gate);
        permit(gate);
        first.close();
        first.close();
        assertThat(gate.stats().inUse()).isEqualTo(1);
    }

    // row 7
    @Test
    void refuses_at_once_when_the_queue_is_full() {
        AdmissionGate gate = gate(1, 2);
        permit(gate);
        gate.enter(waiter("b", 0));
        gate.enter(waiter("c", 0));
        assertThat(refusal(gate.enter(waiter("d", 0))).reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(gate.stats().queueRejected()).isEqualTo(1);
        assertThat(gate.stats().waiting()).isEqualTo(2);
    }

    @Test
    void says_how_many_of_each_key_wait() {
        AdmissionGate gate = gate(1, 9);
        permit(gate);
        assertThat(gate.waitingByKey()).isEmpty();
        gate.enter(waiter("a", 0));
        gate.enter(waiter("a", 7));
        gate.enter(waiter("b", 7));
        assertThat(gate.waitingByKey()).isEqualTo(Map.of("a", 2, "b", 1));
    }

    @Test
    void a_key_that_fills_the_queue_gives_way_to_others() {
        AdmissionGate gate = gate(1, 3);
        permit(gate);
        List<FakeWaiter> greedy = List.of(waiter("a", 0), waiter("a", 0), waiter("a", 0));
        greedy.forEach(gate::enter);
        assertThat(gate.enter(waiter("b", 0))).isInstanceOf(Admission.Waiting.class);
        assertThat(greedy.get(2).refusals).extracting(GatewayBusy::reason).containsExactly(Reason.QUEUE_FULL);
        assertThat(gate.enter(waiter("b", 0))).isInstanceOf(Admission.Refused.class);
        assertThat(gate.enter(waiter("a", 0))).isInstanceOf(Admission.Refused.class);
        assertThat(gate.stats().waiting()).isEqualTo(3);
        assertThat(gate.stats().queueFull()).isEqualTo(3);
    }

    @Test
    void lower_priorities_give_way_in_a_full_queue_but_keep_one_place() {
        AdmissionGate gate = gate(1, 3);
        permit(gate);
        List<FakeWaiter> low = List.of(waiter("a", 1), waiter("a", 1), waiter("b", 0));
        low.forEach(gate::enter);
        assertThat(gate.enter(waiter("c", 9))).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.enter(waiter("c", 9))).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.enter(waiter("c", 9))).isInstanceOf(Admission.Refused.class);
        assertThat(low).extracting(Waiter::isWaiting).containsExactly(true, false, false);
    }

    // row 8
    @Test
    void refuses_a_waiter_at_its_deadline_and_not_before() {
        AdmissionGate gate = gate(1, 2);
        permit(gate);
        FakeWaiter waiter = waiter("b", 0);
        gate.enter(waiter);
        pass(4_999);
        assertThat(gate.expire(waiter)).isEqualTo(MILLISECONDS.toNanos(1));
        assertThat(waiter.refusals).isEmpty();
        pass(1);
        assertThat(gate.expire(waiter)).isZero();
        assertThat(gate.expire(waiter)).isZero();
        assertThat(waiter.refusals).extracting(GatewayBusy::reason).containsExactly(Reason.QUEUE_TIMEOUT);
        assertThat(gate.stats().timedOut()).isEqualTo(1);
        assertThat(gate.stats().queueRejected()).isZero();
    }

    @Test
    void the_clients_own_timeout_ends_the_wait_when_it_is_shorter() {
        AdmissionGate gate = gate(1, 2);
        permit(gate);
        FakeWaiter waiter = new FakeWaiter("b", "b", 0, SECONDS.toNanos(1), order);
        gate.enter(waiter);
        pass(1_000);
        gate.expire(waiter);
        assertThat(waiter.refusals).hasSize(1);
    }

    @Test
    void gives_no_permit_after_the_deadline_even_when_no_timer_fired() {
        AdmissionGate gate = gate(1, 2);
        Permit running = permit(gate);
        FakeWaiter late = waiter("late", 0);
        gate.enter(late);
        pass(1_000);
        FakeWaiter next = waiter("next", 0);
        gate.enter(next);
        pass(4_000);
        running.close();
        assertThat(late.permits).isEmpty();
        assertThat(late.refusals).hasSize(1);
        assertThat(next.permits).hasSize(1);
    }

    // row 9
    @Test
    void serves_higher_priorities_first() {
        AdmissionGate gate = gate(1, 10);
        Permit running = permit(gate);
        FakeWaiter low = waiter("1", 1);
        FakeWaiter middle = waiter("5", 5);
        FakeWaiter high = waiter("9", 9);
        for (FakeWaiter waiter : List.of(low, middle, high)) {
            gate.enter(waiter);
            pass(20);
        }
        running.close();
        high.permits.get(0).close();
        middle.permits.get(0).close();
        assertThat(order).containsExactly("9", "5", "1");
    }

    // row 10
    @Test
    void serves_one_key_in_the_order_of_arrival_and_no_newcomer_passes() {
        AdmissionGate gate = gate(1, 100);
        Permit running = permit(gate);
        List<FakeWaiter> waiters = new ArrayList<>();
        for (char name = 'a'; name <= 'j'; name++) {
            FakeWaiter waiter = new FakeWaiter(String.valueOf(name), "key", 5, Waiter.NO_TIMEOUT, order);
            waiters.add(waiter);
            gate.enter(waiter);
        }
        running.close();
        FakeWaiter newcomer = new FakeWaiter("newcomer", "key", 5, Waiter.NO_TIMEOUT, order);
        assertThat(gate.enter(newcomer)).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.tryEnter()).isNull();
        waiters.forEach(waiter -> waiter.permits.get(0).close());
        assertThat(order).containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "newcomer");
    }

    // row 10
    @Test
    void constant_high_priority_does_not_starve_the_lowest() {
        AdmissionGate gate = gate(1, 100);
        Permit running = permit(gate);
        FakeWaiter low = waiter("low", 0);
        gate.enter(low);
        int served = 0;
        while (low.permits.isEmpty()) {
            pass(50);
            FakeWaiter high = waiter("high", 9);
            gate.enter(high);
            running.close();
            running = low.permits.isEmpty() ? high.permits.get(0) : low.permits.get(0);
            served++;
        }
        assertThat(served).isEqualTo(WaitingLine.MOST_PASSED_OVER + 1);
    }

    @Test
    void a_waiter_passes_those_of_a_higher_priority_who_came_much_later() {
        AdmissionGate gate = gate(1, 100);
        Permit running = permit(gate);
        gate.enter(waiter("old", 4));
        pass(501);
        gate.enter(waiter("young", 5));
        running.close();
        assertThat(order).containsExactly("old");
    }

    @Test
    void keys_take_turns_inside_a_priority() {
        AdmissionGate gate = gate(1, 100);
        Permit running = permit(gate);
        List<FakeWaiter> waiters = new ArrayList<>();
        for (String key : List.of("a", "a", "a", "a", "b", "c", "b")) {
            FakeWaiter waiter = waiter(key, 0);
            waiters.add(waiter);
            gate.enter(waiter);
        }
        running.close();
        for (int i = 1; i < waiters.size(); i++) {
            waiters.stream()
                    .filter(waiter -> !waiter.permits.isEmpty())
                    .forEach(waiter -> waiter.permits.get(0).close());
        }
        assertThat(order).containsExactly("a", "b", "c", "a", "b", "a", "a");
    }

    // row 11
    @Test
    void a_client_that_leaves_the_queue_is_counted_and_never_served() {
        AdmissionGate gate = gate(1, 3);
        Permit running = permit(gate);
        FakeWaiter first = waiter("first", 0);
        FakeWaiter middle = waiter("middle", 0);
        FakeWaiter last = waiter("last", 0);
        List.of(first, middle, last).forEach(gate::enter);
        assertThat(gate.cancel(middle)).isTrue();
        assertThat(gate.cancel(middle)).isFalse();
        assertThat(gate.stats().waiting()).isEqualTo(2);
        assertThat(gate.stats().cancelled()).isEqualTo(1);
        running.close();
        first.permits.get(0).close();
        assertThat(order).containsExactly("first", "last");
    }

    @Test
    void more_permits_are_given_at_once() {
        AdmissionGate gate = gate(1, 3);
        permit(gate);
        List.of(waiter("a", 0), waiter("b", 0), waiter("c", 0)).forEach(gate::enter);
        gate.apply(new AdmissionLimits(3, 3, TIMEOUT));
        assertThat(order).containsExactly("a", "b");
        assertThat(gate.stats().inUse()).isEqualTo(3);
    }

    @Test
    void fewer_permits_take_none_away_and_refuse_nobody() {
        AdmissionGate gate = gate(3, 5);
        List<Permit> running = List.of(permit(gate), permit(gate), permit(gate));
        FakeWaiter waiter = waiter("a", 0);
        gate.enter(waiter);
        gate.enter(waiter("b", 0));
        gate.apply(new AdmissionLimits(1, 1, Duration.ofSeconds(1)));
        running.get(0).close();
        running.get(1).close();
        assertThat(order).isEmpty();
        assertThat(gate.stats().waiting()).isEqualTo(2);
        pass(1_500);
        assertThat(gate.expire(waiter)).isEqualTo(MILLISECONDS.toNanos(3_500));
        running.get(2).close();
        assertThat(order).containsExactly("a");
        assertThat(gate.stats().inUse()).isEqualTo(1);
    }

    @Test
    void refuses_on_arrival_who_has_no_hope_once_the_rate_is_known() {
        AdmissionGate gate = gate(10, 200);
        serve(gate, 10, 40, 1_000);
        // 10 permits, calls of 1 s, 5 s: 50 + 2 * sqrt(50) + 1 = 65.1
        int waiting = fill(gate, 10);
        assertThat(waiting).isEqualTo(65);
        GatewayBusy failure = refusal(gate.enter(waiter("a", 0)));
        assertThat(failure.reason()).isEqualTo(Reason.DEADLINE_UNREACHABLE);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(gate.stats().queueRejected()).isEqualTo(gate.stats().deadlineUnreachable());
    }

    @Test
    void only_those_ahead_count_for_the_forecast() {
        AdmissionGate gate = gate(10, 200);
        serve(gate, 10, 40, 1_000);
        fill(gate, 10);
        assertThat(gate.enter(waiter("other key", 0))).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.enter(waiter("a", 1))).isInstanceOf(Admission.Waiting.class);
        assertThat(gate.enter(waiter("a", 0))).isInstanceOf(Admission.Refused.class);
    }

    @Test
    void a_cold_gateway_and_one_long_call_refuse_nobody() {
        AdmissionGate gate = gate(1, 200);
        Permit only = permit(gate);
        pass(3_600_000);
        only.close();
        fill(gate, 1);
        assertThat(gate.stats().waiting()).isEqualTo(200);
    }

    @Test
    void retry_after_is_the_queue_timeout_while_the_rate_is_unknown() {
        AdmissionGate gate = gate(1, 0);
        permit(gate);
        assertThat(refusal(gate.enter(waiter("a", 0))).retryAfter()).isEqualTo(TIMEOUT);
    }

    @Test
    void shutdown_refuses_who_waits_and_who_comes_and_leaves_the_running_alone() {
        AdmissionGate gate = gate(1, 5);
        Permit running = permit(gate);
        FakeWaiter waiter = waiter("a", 0);
        gate.enter(waiter);
        gate.close();
        assertThat(waiter.refusals).extracting(GatewayBusy::reason).containsExactly(Reason.SHUTTING_DOWN);
        assertThat(refusal(gate.enter(waiter("b", 0))).reason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(gate.tryEnter()).isNull();
        running.close();
        assertThat(gate.stats().inUse()).isZero();
        assertThat(gate.stats().shutDown()).isEqualTo(2);
    }

    @Test
    void tells_how_long_those_admitted_had_waited() {
        AdmissionGate gate = gate(1, 5);
        Permit running = permit(gate);
        gate.enter(waiter("a", 0));
        pass(300);
        running.close();
        assertThat(gate.stats().waitP50()).isBetween(Duration.ofMillis(297), Duration.ofMillis(303));
    }

    @Test
    void refuses_limits_that_make_no_sense() {
        assertThatThrownBy(() -> new AdmissionLimits(0, 1, TIMEOUT)).hasMessageContaining("proxy.max_concurrent");
        assertThatThrownBy(() -> new AdmissionLimits(1, -1, TIMEOUT)).hasMessageContaining("proxy.max_queue");
        assertThatThrownBy(() -> new AdmissionLimits(1, 1, Duration.ZERO)).hasMessageContaining("proxy.queue_timeout");
    }

    private AdmissionGate gate(int maxConcurrent, int maxQueue) {
        return new AdmissionGate(new AdmissionLimits(maxConcurrent, maxQueue, TIMEOUT), now::get);
    }

    private FakeWaiter waiter(String key, int priority) {
        return new FakeWaiter(key, key, priority, Waiter.NO_TIMEOUT, order);
    }

    private void pass(long millis) {
        now.addAndGet(MILLISECONDS.toNanos(millis));
    }

    /** Lets {@code calls} calls of {@code millis} each end, {@code atOnce} at a time. */
    private void serve(AdmissionGate gate, int atOnce, int calls, long millis) {
        for (int done = 0; done < calls; done += atOnce) {
            List<Permit> running = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                running.add(permit(gate));
            }
            pass(millis);
            running.forEach(Permit::close);
        }
    }

    /** Takes all permits, then lets key a wait until it is refused or the queue is full; returns how many wait. */
    private int fill(AdmissionGate gate, int permits) {
        for (int i = 0; i < permits; i++) {
            permit(gate);
        }
        while (gate.enter(waiter("a", 0)) instanceof Admission.Waiting) {
            // another one
            assertThat(gate.stats().waiting()).isLessThanOrEqualTo(gate.limits().maxQueue());
        }
        return gate.stats().waiting();
    }

    private static Permit permit(AdmissionGate gate) {
        Permit permit = gate.tryEnter();
        assertThat(permit).isNotNull();
        return permit;
    }

    private static GatewayBusy refusal(Admission admission) {
        return admission.fold(
                permit -> {
                    throw new AssertionError("admitted");
                },
                () -> {
                    throw new AssertionError("waits");
                },
                failure -> failure);
    }
}
