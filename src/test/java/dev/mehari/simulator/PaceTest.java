package dev.mehari.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void latency_is_log_normal_around_its_median() {
        Pace pace = new Pace(SECOND, 0.5, 0, 0, Duration.ZERO);

        assertThat(pace.latencyNanos(0)).isEqualTo(SECOND.toNanos());
        assertThat(pace.latencyNanos(2.326) / 1e9).isCloseTo(3.2, within(0.01));
        assertThat(pace.latencyNanos(-2.326) / 1e9).isCloseTo(1 / 3.2, within(0.01));
    }

    @Test
    void interval_of_events_goes_before_tokens_per_second() {
        assertThat(new Pace(SECOND, 0, 50, 0, Duration.ZERO).tokenNanos()).isEqualTo(20_000_000);
        assertThat(new Pace(SECOND, 0, 50, 0, Duration.ofMillis(5)).tokenNanos())
                .isEqualTo(5_000_000);
        assertThat(Pace.IMMEDIATE.tokenNanos()).isZero();
    }

    @Test
    void what_makes_no_sense_is_refused() {
        assertThatThrownBy(() -> new Pace(SECOND.negated(), 0, 0, 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Faults(1.5, 500, 0, SECOND)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Faults(1, 200, 0, SECOND)).isInstanceOf(IllegalArgumentException.class);
    }
}
