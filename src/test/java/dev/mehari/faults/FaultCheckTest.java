package dev.mehari.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.faults.Violation.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge of fault runs is itself judged. */
class FaultCheckTest {
    @Test
    void finds_nothing_in_a_sound_history_and_counts_how_calls_ended() {
        FaultCheck check = new FaultCheck(FakeHistory.sound());

        assertThat(check.violations()).isEmpty();
        assertThat(check.endings())
                .containsEntry("succeeded at once", 3)
                .containsEntry("succeeded after another try", 1)
                .containsEntry("failed: may not be repeated after 500", 1)
                .containsEntry("failed: may not be repeated after cut", 1)
                .containsEntry("failed: no credential was left", 1)
                .hasSize(5);
    }

    @Test
    void excuses_a_call_while_its_upstream_is_left_alone_and_no_longer() {
        FaultCheck during = new FaultCheck(FakeHistory.leftAlone(Duration.ofSeconds(59)));
        FaultCheck after = new FaultCheck(FakeHistory.leftAlone(Duration.ofSeconds(62)));

        assertThat(during.violations()).isEmpty();
        assertThat(during.endings())
                .containsEntry("failed: what was left belonged to an upstream that is left alone", 1);
        assertThat(after.violations()).extracting(Violation::kind).containsOnly(Kind.GAVE_UP);
    }

    @Test
    void takes_a_bench_after_a_failed_trial_for_twice_as_long_and_no_longer() {
        FaultCheck during = new FaultCheck(FakeHistory.benchedAnew(Duration.ofMillis(1_900)));
        FaultCheck after = new FaultCheck(FakeHistory.benchedAnew(Duration.ofMillis(2_200)));

        assertThat(during.violations()).isEmpty();
        assertThat(after.violations()).extracting(Violation::kind).containsOnly(Kind.GAVE_UP);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void finds_each_kind_of_violation_and_no_other(Kind kind) {
        assertThat(new FaultCheck(FakeHistory.with(kind)).violations())
                .isNotEmpty()
                .allMatch(violation -> violation.kind() == kind);
    }
}
