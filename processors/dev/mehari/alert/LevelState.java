package dev.mehari.alert;

import java.time.Clock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether one alert is raised. For one thread. */
final class LevelState {
    private final AlertRule rule;
    private final int looksUntilCalm;
    private @Nullable AlertEvent raised;
    private int calmLooks;

    LevelState(AlertRule rule, int looksUntilCalm) {
        this.rule = rule;
        this.looksUntilCalm = looksUntilCalm;
    }

    AlertRule rule() {
        return rule;
    }

    /** What {@code value} changes; null when nothing. */
    @Nullable
    AlertEvent seen(double value, Clock clock, String instance) {
        if (value > rule.above()) {
            calmLooks = 0;
            if (raised == null) {
                raised = new AlertEvent(clock.instant(), instance, rule, true, value);
                return raised;
            }
        } else if (raised != null && ++calmLooks >= looksUntilCalm) {
            raised = null;
            calmLooks = 0;
            return new AlertEvent(clock.instant(), instance, rule, false, value);
        }
        return null;
    }

    Stream<AlertEvent> raised() {
        return Stream.ofNullable(raised);
    }
}
