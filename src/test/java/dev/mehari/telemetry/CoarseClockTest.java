package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CoarseClockTest {
    @Test
    void moves_when_it_is_told_to() {
        AtomicLong time = new AtomicLong(5);
        CoarseClock clock = new CoarseClock(time::get);
        time.set(1_005);

        assertThat(clock.wallTime()).isEqualTo(5);
        clock.tick();
        assertThat(clock.wallTime()).isEqualTo(1_005);
    }
}
