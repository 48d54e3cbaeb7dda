package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.upstream.ResetHints;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchEndTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // asked, limits, body, told
        "PT20S,      ,      , PT20S",
        "PT7S,  PT30S,      , PT7S",
        "PT7S,  PT30S, PT1H , PT1H",
        "     , PT5H ,      , PT5H",
        "PT5H , PT6H ,      , PT6H",
        "PT30M, PT6H ,      , PT30M",
        "PT28H,      ,      , PT30M",
        "PT0S , PT30S,      , PT30S",
    })
    void of_several_hints_one_counts(
            @Nullable Duration asked, @Nullable Duration limits, @Nullable Duration body, Duration told) {
        assertThat(BenchEnd.told(new ResetHints(asked, limits, body), NOW)).isEqualTo(NOW.plus(told));
    }

    @ParameterizedTest
    @CsvSource({",,", "PT0S,,", ",PT0S,", "PT1S,,PT0S"})
    void does_not_make_up_a_time(@Nullable Duration asked, @Nullable Duration limits, @Nullable Duration body) {
        assertThat(BenchEnd.told(new ResetHints(asked, limits, body), NOW)).isNull();
    }

    @Test
    void the_time_of_the_rule_holds_unless_the_answer_asks_for_more() {
        assertThat(atLeast(Duration.ofMinutes(1), null)).isEqualTo(Duration.ofMinutes(1));
        assertThat(atLeast(Duration.ofMinutes(1), Duration.ofSeconds(5))).isEqualTo(Duration.ofMinutes(1));
        assertThat(atLeast(Duration.ofMinutes(1), Duration.ofMinutes(2))).isEqualTo(Duration.ofMinutes(2));
        assertThat(atLeast(Duration.ofMinutes(1), Duration.ofHours(2))).isEqualTo(Duration.ofMinutes(30));
        assertThat(atLeast(Duration.ofHours(1), Duration.ofHours(2))).isEqualTo(Duration.ofHours(1));
    }

    private static Duration atLeast(Duration rule, @Nullable Duration asked) {
        return Duration.between(NOW, BenchEnd.atLeast(rule, new ResetHints(asked, null, null), NOW));
    }
}
