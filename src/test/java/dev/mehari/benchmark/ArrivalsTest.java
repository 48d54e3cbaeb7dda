package dev.mehari.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static LoadPlan plan(double rps, Duration duration, long requests) {
        return new LoadPlan(10, rps, duration, requests, Duration.ofSeconds(1), false);
    }

    @Test
    void closed_loop_gives_out_as_many_requests_as_were_asked_for() {
        Arrivals arrivals = new Arrivals.ClosedLoop(plan(0, Duration.ZERO, 3));

        assertThat(arrivals.due(0)).isEqualTo(3);
        assertThat(arrivals.next(5)).isEqualTo(5);
        arrivals.next(6);
        arrivals.next(7);

        assertThat(arrivals.next(8)).isEqualTo(Arrivals.NONE);
        assertThat(arrivals.isExhausted(8)).isTrue();
    }

    @Test
    void closed_loop_ends_with_its_duration() {
        Arrivals arrivals = new Arrivals.ClosedLoop(plan(0, Duration.ofSeconds(1), 0));

        assertThat(arrivals.next(SECOND - 1)).isEqualTo(SECOND - 1);
        assertThat(arrivals.next(SECOND)).isEqualTo(Arrivals.NONE);
    }

    // row 43
    @Test
    void duration_overrides_the_number_of_requests() {
        assertThat(plan(0, Duration.ofSeconds(1), 5).requests()).isZero();
        assertThat(new Arrivals.ClosedLoop(plan(0, Duration.ofSeconds(1), 5)).due(0))
                .isGreaterThan(5);
    }

    // row 43
    @Test
    void a_hundred_requests_at_ten_a_second_take_ten_seconds() {
        Arrivals arrivals = new Arrivals.OpenLoop(plan(10, Duration.ZERO, 100));

        assertThat(arrivals.notBefore()).isEqualTo(10 * SECOND);
        assertThat(arrivals.due(20 * SECOND)).isEqualTo(100);
    }

    @Test
    void open_loop_tells_when_a_late_request_was_due() {
        Arrivals arrivals = new Arrivals.OpenLoop(plan(4, Duration.ofSeconds(1), 0));

        assertThat(arrivals.due(SECOND / 2)).isEqualTo(3);
        assertThat(arrivals.next(SECOND / 2)).isZero();
        assertThat(arrivals.next(SECOND / 2)).isEqualTo(SECOND / 4);
        assertThat(arrivals.next(SECOND / 2)).isEqualTo(SECOND / 2);
        assertThat(arrivals.next(SECOND / 2)).isEqualTo(Arrivals.NONE);
        assertThat(arrivals.untilNext(SECOND / 2)).isEqualTo(SECOND / 4);
        assertThat(arrivals.next(5 * SECOND)).isEqualTo(3 * SECOND / 4);
        assertThat(arrivals.isExhausted(0)).isTrue();
    }

    @Test
    void without_duration_and_requests_a_run_lasts_ten_seconds() {
        assertThat(plan(0, Duration.ZERO, 0).duration()).isEqualTo(Duration.ofSeconds(10));
    }
}
