package dev.mehari.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.alert.AlertRule.Severity;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertWatchTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final AlertRule WARN = new AlertRule(AlertName.CONCURRENCY, Severity.WARN, 80);
    private static final AlertRule CRITICAL = new AlertRule(AlertName.CONCURRENCY, Severity.CRITICAL, 95);
    private static final AlertRule QUEUE = new AlertRule(AlertName.QUEUE, Severity.CRITICAL, 50);
    private static final AlertRule REFUSALS = new AlertRule(AlertName.REFUSALS, Severity.CRITICAL, 5);
    private static final int CALM_LOOKS = 30;

    private AlertReading reading = new AlertReading(0, 100, 0, 0, 0);
    private final List<AlertEvent> events = new ArrayList<>();
    private final AlertWatch watch = new AlertWatch(
            () -> "gw1:8080",
            List.of(WARN, CRITICAL, QUEUE, REFUSALS),
            () -> reading,
            events::add,
            Clock.fixed(NOW, ZoneOffset.UTC));

    // row 40
    @Test
    void warns_above_80_percent_of_permits_and_is_critical_above_95() {
        inUse(80);
        assertThat(events).isEmpty();
        inUse(81);
        assertThat(events).containsExactly(new AlertEvent(NOW, "gw1:8080", WARN, true, 81));
        inUse(95);
        assertThat(events).hasSize(1);
        inUse(96);
        assertThat(events).hasSize(2).last().isEqualTo(new AlertEvent(NOW, "gw1:8080", CRITICAL, true, 96));
        assertThat(watch.raised()).isEqualTo(events);
    }

    // row 40
    @Test
    void is_critical_with_more_than_50_in_the_queue() {
        reading = new AlertReading(1, 100, 50, 0, 0);
        watch.look();
        assertThat(events).isEmpty();
        reading = new AlertReading(1, 100, 51, 0, 0);
        watch.look();

        assertThat(events).containsExactly(new AlertEvent(NOW, "gw1:8080", QUEUE, true, 51));
    }

    // row 40
    @Test
    void is_critical_when_more_than_5_percent_of_a_minutes_calls_are_refused() {
        refused(1_000, 900);
        refused(1_100, 905);
        assertThat(events).isEmpty();
        refused(1_200, 910);
        assertThat(events).isEmpty();
        refused(1_210, 921);

        assertThat(events).containsExactly(new AlertEvent(NOW, "gw1:8080", REFUSALS, true, 10));
    }

    @Test
    void forgets_refusals_after_a_minute() {
        refused(0, 0);
        refused(100, 100);
        assertThat(watch.raised()).hasSize(1);
        for (int second = 0; second < 60 + CALM_LOOKS - 2; second++) {
            refused(200, 100);
        }
        assertThat(watch.raised()).hasSize(1);
        refused(200, 100);

        assertThat(watch.raised()).isEmpty();
    }

    @Test
    void makes_nothing_of_a_few_refusals_at_night() {
        refused(0, 0);
        refused(AlertWatch.LEAST_CALLS - 1, AlertWatch.LEAST_CALLS - 1);

        assertThat(events).isEmpty();
    }

    // row 40
    @Test
    void makes_one_event_of_a_value_that_goes_up_and_down_around_its_level() {
        for (int i = 0; i < 200; i++) {
            inUse(i % CALM_LOOKS == 0 ? 90 : 70);
        }

        assertThat(events).hasSize(1);
        assertThat(watch.raised()).hasSize(1);
    }

    @Test
    void clears_an_alert_once_after_half_a_minute_of_calm() {
        inUse(90);
        for (int i = 0; i < CALM_LOOKS - 1; i++) {
            inUse(80);
        }
        assertThat(events).hasSize(1);
        inUse(80);
        inUse(80);

        assertThat(events).hasSize(2).last().isEqualTo(new AlertEvent(NOW, "gw1:8080", WARN, false, 80));
        assertThat(watch.raised()).isEmpty();
    }

    @Test
    void says_all_in_json_and_in_a_sentence() {
        AlertEvent event = new AlertEvent(NOW, "gw1:8080", REFUSALS, true, 6.25);

        assertThat(AlertJson.of(event).toString())
                .isEqualTo("{\"at\":\"2026-01-31T12:00:00Z\",\"instance\":\"gw1:8080\",\"name\":\"refusals\","
                        + "\"level\":\"critical\",\"above\":5,\"unit\":\"percent\",\"state\":\"raised\",\"value\":6.3,"
                        + "\"text\":\"critical alert raised on gw1:8080: refusals is 6.3 percent, above 5\"}");
    }

    private void inUse(int percent) {
        reading = new AlertReading(percent, 100, 0, 0, 0);
        watch.look();
    }

    private void refused(long ended, long refused) {
        reading = new AlertReading(0, 100, 0, ended, refused);
        watch.look();
    }
}
