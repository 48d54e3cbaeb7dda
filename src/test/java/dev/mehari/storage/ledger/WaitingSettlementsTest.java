package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WaitingSettlementsTest {
    private static final long PATIENCE = WaitingSettlements.PATIENCE_NANOS;
    private static final Settlement FIRST = Settlement.ofCall(1, 1, Charge.NONE);
    private static final Settlement SECOND = Settlement.ofCall(1, 2, Charge.NONE);
    private static final Settlement THIRD = Settlement.ofCall(1, 3, Charge.NONE);

    // near the end of its range, as System.nanoTime may be
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private final AtomicInteger woken = new AtomicInteger();
    private final WaitingSettlements waiting = new WaitingSettlements(clock::get, woken::incrementAndGet);

    @Test
    void the_first_says_when_all_are_due() {
        assertThat(waiting.nanosLeft()).isEqualTo(Long.MAX_VALUE);
        waiting.add(FIRST, false);
        clock.addAndGet(100);
        waiting.add(SECOND, false);

        assertThat(waiting.nanosLeft()).isEqualTo(PATIENCE - 100);
        assertThat(woken).hasValue(1);
        assertThat(waiting.take(10)).containsExactly(FIRST, SECOND);
        assertThat(waiting.isEmpty()).isTrue();
        assertThat(waiting.nanosLeft()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void one_that_presses_makes_all_due() {
        waiting.add(FIRST, false);
        waiting.add(SECOND, true);
        waiting.add(THIRD, false);

        assertThat(waiting.nanosLeft()).isZero();
        assertThat(woken).hasValue(2);
    }

    @Test
    void a_place_waits_in_any_case_and_is_settled_when_nobody_has_taken_it() {
        Place early = place(1);
        Place late = place(2);
        waiting.add(early);
        clock.addAndGet(100);
        waiting.add(late);
        assertThat(woken).hasValue(1);

        clock.addAndGet(PATIENCE - 101);
        assertThat(waiting.nanosLeft()).isEqualTo(1);
        waiting.add(THIRD, true);
        assertThat(waiting.take(10)).containsExactly(THIRD);
        clock.addAndGet(1);
        assertThat(waiting.take(10)).containsExactly(FIRST);
        assertThat(early.take()).as("the database has it").isFalse();

        assertThat(late.take()).isTrue();
        assertThat(waiting.isEmpty()).isTrue();
        assertThat(waiting.nanosLeft()).isEqualTo(Long.MAX_VALUE);
        clock.addAndGet(PATIENCE);
        assertThat(waiting.take(10)).isEmpty();
    }

    private static Place place(long lease) {
        LeaseBook book = new LeaseBook(1, new WaitingSettlements(System::nanoTime, () -> {}), () -> {});
        LimitRequest call = new LimitRequest(new LimitedKey(1, KeyLimits.NONE), Charge.NONE, () -> {});
        return new Place(book.granted(lease, new Asked(call, one -> {}, 0), 0, used -> {}, null), Charge.NONE);
    }

    @Test
    void what_is_left_or_put_back_is_due_at_once() {
        waiting.add(FIRST, false);
        waiting.add(SECOND, false);

        assertThat(waiting.take(1)).containsExactly(FIRST);
        assertThat(waiting.nanosLeft()).isZero();

        waiting.take(1);
        waiting.putBack(List.of(FIRST, SECOND));
        assertThat(waiting.nanosLeft()).isZero();
        assertThat(waiting.take(10)).containsExactly(FIRST, SECOND);
    }
}
