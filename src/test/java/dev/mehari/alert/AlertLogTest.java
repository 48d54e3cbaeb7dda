package dev.mehari.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.alert.AlertRule.Severity;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertLogTest {
    private final Store store = new Store();
    private final AlertLog log = new AlertLog(store, Runnable::run);

    @Test
    void writes_each_event_once() {
        log.add(event(1));
        log.write();
        log.add(event(2));
        log.write();
        log.write();

        assertThat(store.written).containsExactly(event(1), event(2));
    }

    @Test
    void writes_later_what_it_cannot_write_now() {
        store.away = true;
        log.add(event(1));
        log.write();
        store.away = false;
        log.add(event(2));
        log.write();

        assertThat(store.written).containsExactly(event(1), event(2));
    }

    @Test
    void keeps_the_latest_while_the_database_is_away() {
        store.away = true;
        for (int i = 0; i < AlertLog.MOST_WAITING + 5; i++) {
            log.add(event(i));
            log.write();
        }
        store.away = false;
        log.write();

        assertThat(store.written).hasSize(AlertLog.MOST_WAITING).startsWith(event(5));
    }

    private static AlertEvent event(int second) {
        return new AlertEvent(
                Instant.ofEpochSecond(second), "gw1", new AlertRule(AlertName.QUEUE, Severity.CRITICAL, 50), true, 51);
    }

    private static final class Store implements AlertStore {
        private final List<AlertEvent> written = new ArrayList<>();
        private boolean away;

        @Override
        public void add(List<AlertEvent> events) throws StorageUnavailable {
            if (away) {
                throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
            }
            written.addAll(events);
        }

        @Override
        public List<AlertEvent> latest(int most) {
            return written;
        }
    }
}
