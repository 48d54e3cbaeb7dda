package dev.mehari.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private static final String HERE = "192.0.2.1";

    private long now = -5;
    private final LoginThrottle throttle = new LoginThrottle(() -> now);

    @Test
    void lets_a_few_wrong_ones_pass_and_then_waits_longer_each_time() {
        // row 54
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            long wait = throttle.begin(HERE).map(Duration::toSeconds).orElse(0L);
            waits.add(wait);
            now += Duration.ofSeconds(wait).toNanos();
            fail(HERE);
        }

        assertThat(waits).containsExactly(0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }

    @Test
    void refuses_who_comes_early_and_counts_it_not() {
        fail(HERE, 5);

        assertThat(throttle.begin(HERE)).hasValue(Duration.ofSeconds(4));
        now += Duration.ofMillis(3_001).toNanos();
        assertThat(throttle.begin(HERE)).hasValue(Duration.ofSeconds(1));
        now += Duration.ofSeconds(1).toNanos();
        assertThat(throttle.begin(HERE)).isEmpty();
    }

    @Test
    void others_are_not_kept_out_by_one_address() {
        fail(HERE, 10);

        assertThat(throttle.begin("192.0.2.2")).isEmpty();
    }

    @Test
    void many_addresses_together_are_slowed_down_but_for_eight_seconds_at_most() {
        for (int i = 0; i < 200; i++) {
            now += throttle.begin("2001:db8::" + i).orElse(Duration.ZERO).toNanos();
            fail("2001:db8::" + i);
        }

        assertThat(throttle.begin(HERE)).hasValue(Duration.ofSeconds(8));
    }

    @Test
    void a_right_one_clears_its_address() {
        fail(HERE, 2);
        assertThat(throttle.begin(HERE)).isEmpty();
        throttle.end(HERE, false);
        fail(HERE, 2);

        assertThat(throttle.begin(HERE)).isEmpty();
    }

    @Test
    void wrong_ones_are_forgotten_after_a_quarter_of_an_hour() {
        fail(HERE, 10);
        now += LoginThrottle.MEMORY.toNanos() + 1;
        fail(HERE, 1);

        assertThat(throttle.begin(HERE)).isEmpty();
    }

    @Test
    void looks_at_one_attempt_at_a_time() {
        assertThat(throttle.begin(HERE)).isEmpty();
        assertThat(throttle.begin("192.0.2.2")).hasValue(Duration.ofSeconds(1));
        throttle.end(HERE, false);

        assertThat(throttle.begin("192.0.2.2")).isEmpty();
    }

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            fail(address);
        }
    }

    private void fail(String address) {
        throttle.end(address, true);
    }
}
