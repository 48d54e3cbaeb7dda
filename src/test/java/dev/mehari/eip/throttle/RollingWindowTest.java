package dev.mehari.eip.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RollingWindowTest {
    private static final long PERIOD = 100;

    /** One who comes {@code after} nanoseconds after the one before, with this limit. */
    record Arrival(long after, int limit) {}

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        Arbitrary<Long> gaps = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(0, 3)),
                net.jqwik.api.Tuple.of(3, Arbitraries.longs().between(0, 60)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(90, 300)));
        Arbitrary<Integer> limits = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(0, 5)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(6, 60)));
        return Combinators.combine(gaps, limits).as(Arrival::new).list().ofMaxSize(300);
    }

    // row 1
    @Property(tries = 300)
    void lets_in_exactly_those_that_a_plain_count_of_the_last_period_allows(
            @ForAll("arrivals") List<Arrival> arrivals, @ForAll long start) {
        RollingWindow window = new RollingWindow(PERIOD);
        List<Long> entered = new ArrayList<>();
        long now = start;
        for (Arrival arrival : arrivals) {
            now += arrival.after();
            long at = now;
            long inLastPeriod =
                    entered.stream().filter(before -> at - before < PERIOD).count();
            long wait = window.tryEnter(now, arrival.limit());
            assertThat(wait == 0).isEqualTo(inLastPeriod < arrival.limit());
            if (wait == 0) {
                entered.add(now);
            } else if (arrival.limit() > 0) {
                assertThat(window.waitNanos(now + wait - 1, arrival.limit())).isEqualTo(1);
                assertThat(window.waitNanos(now + wait, arrival.limit())).isZero();
            }
        }
    }

    // row 1
    @Property(tries = 200)
    void never_lets_in_more_than_a_constant_limit_in_any_window(
            @ForAll("arrivals") List<Arrival> arrivals,
            @ForAll @net.jqwik.api.constraints.IntRange(min = 1, max = 20) int limit) {
        RollingWindow window = new RollingWindow(PERIOD);
        List<Long> entered = new ArrayList<>();
        long now = 0;
        for (Arrival arrival : arrivals) {
            now += arrival.after();
            if (window.tryEnter(now, limit) == 0) {
                entered.add(now);
            }
        }
        for (int i = limit; i < entered.size(); i++) {
            assertThat(entered.get(i) - entered.get(i - limit)).isGreaterThanOrEqualTo(PERIOD);
        }
        assertThat(window.capacity()).isLessThanOrEqualTo(limit);
    }

    @Test
    void a_lowered_limit_holds_at_once_and_a_raised_one_too() {
        RollingWindow window = new RollingWindow(PERIOD);
        for (int i = 0; i < 10; i++) {
            assertThat(window.tryEnter(i, 10)).isZero();
        }
        assertThat(window.tryEnter(50, 3))
                .as("until the eighth is a period old")
                .isEqualTo(57);
        assertThat(window.tryEnter(50, 11)).isZero();
        assertThat(window.tryEnter(50, 11)).isEqualTo(50);
    }

    @Test
    void a_limit_of_nothing_lets_nobody_in() {
        assertThat(new RollingWindow(PERIOD).tryEnter(0, 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void keeps_no_more_than_what_came_however_high_the_limit_is() {
        RollingWindow window = new RollingWindow(PERIOD);
        assertThat(window.capacity()).isZero();
        for (int i = 0; i < 20; i++) {
            window.tryEnter(0, 1_000_000_000);
        }
        assertThat(window.capacity()).isLessThanOrEqualTo(40);
    }

    @Test
    void gives_memory_back_after_a_burst() {
        RollingWindow window = new RollingWindow(PERIOD);
        for (int i = 0; i < 10_000; i++) {
            window.tryEnter(0, 1_000_000);
        }
        assertThat(window.capacity()).isGreaterThanOrEqualTo(10_000);
        for (int i = 1; i <= 12_000; i++) {
            window.tryEnter(i * PERIOD, 1_000_000);
        }
        assertThat(window.capacity()).isLessThanOrEqualTo(16);
    }

    @Test
    void is_idle_when_the_newest_is_a_period_old() {
        RollingWindow window = new RollingWindow(PERIOD);
        assertThat(window.isIdle(0)).isTrue();
        window.tryEnter(5, 2);
        assertThat(window.isIdle(104)).isFalse();
        assertThat(window.isIdle(105)).isTrue();
    }
}
