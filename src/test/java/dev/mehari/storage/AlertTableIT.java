package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertName;
import dev.mehari.alert.AlertRule;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertTableIT {
    private static final AlertRule RULE = new AlertRule(AlertName.REFUSALS, AlertRule.Severity.WARN, 5);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final TestDatabase test = TestDatabase.create();
    private final AlertTable alerts = new AlertTable(test.database());

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void gives_back_what_it_was_given_latest_first() throws Exception {
        AlertEvent raised = new AlertEvent(now.minusSeconds(40), "gw1", RULE, true, 6.25);
        AlertEvent cleared = new AlertEvent(now, "gw1", RULE, false, 1);

        alerts.add(List.of(raised, cleared));

        assertThat(alerts.latest(10)).containsExactly(cleared, raised);
        assertThat(alerts.latest(1)).containsExactly(cleared);
    }

    @Test
    void forgets_after_30_days_and_beyond_10_000() throws Exception {
        test.execute("insert into alert_event (at, instance, name, level, raised, value, above)"
                + " select now() - interval '1 day', 'gw1', 'queue', 'critical', true, 51, 50"
                + " from generate_series(1, 10005)");
        AlertEvent old = new AlertEvent(now.minus(Duration.ofDays(31)), "gw1", RULE, true, 6);
        AlertEvent recent = new AlertEvent(now.minus(Duration.ofDays(29)), "gw1", RULE, true, 6);

        alerts.add(List.of(old, recent));

        assertThat(alerts.latest(20_000)).hasSize(10_000 - 1).contains(recent).doesNotContain(old);
    }
}
