package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RefreshPlanTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

    private final ManualTime time = new ManualTime(START);

    private static TokenState ending(long credential, Instant expires) {
        return new TokenState(credential, "up", "c", true, 1, expires, null, false, false, null);
    }

    @Test // row 84
    void spreads_refreshes_over_the_last_fifth_of_the_time_ahead() {
        Set<Long> seconds = new TreeSet<>();
        for (long credential = 1; credential <= 20; credential++) {
            for (long instance = 1; instance <= 20; instance++) {
                RefreshPlan plan = new RefreshPlan(time, Duration.ofMinutes(5), instance);
                long ahead = 300;
                while (!plan.isDue(ending(credential, START.plusSeconds(ahead)))) {
                    ahead--;
                }
                seconds.add(ahead);
            }
        }

        assertThat(seconds)
                .hasSizeGreaterThan(40)
                .allSatisfy(ahead -> assertThat(ahead).isBetween(240L, 300L));
    }

    @Test
    void refreshes_some_seconds_ahead_however_little_is_configured() {
        RefreshPlan plan = new RefreshPlan(time, Duration.ZERO, 7);

        assertThat(plan.isDue(ending(1, START.plusSeconds(8)))).isTrue();
        assertThat(plan.isDue(ending(1, START.plusSeconds(11)))).isFalse();
        assertThat(plan.horizon()).isEqualTo(START.plusSeconds(10));
    }

    @Test // row 83
    void clamps_what_the_other_side_asks_for() {
        RefreshPlan plan = new RefreshPlan(time, Duration.ZERO, 7);

        assertThat(plan.tryAgain(1, Duration.ofDays(9))).isEqualTo(START.plus(Duration.ofMinutes(30)));
        assertThat(plan.tryAgain(1, Duration.ofSeconds(-9))).isEqualTo(START.plusSeconds(5));
        assertThat(plan.tryAgain(1_000, null)).isEqualTo(START.plusSeconds(300));
    }
}
