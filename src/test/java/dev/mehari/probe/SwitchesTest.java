package dev.mehari.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Dialect;
import dev.mehari.testing.ManualTime;
import dev.mehari.testing.RecordingUpstreamStore;
import dev.mehari.upstream.Upstream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SwitchesTest {
    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final RecordingUpstreamStore store = new RecordingUpstreamStore();
    private final Switches switches = new Switches(store, Runnable::run, time);
    private final Upstream preferred = upstream("preferred");
    private final Upstream second = upstream("second");
    private final Upstream third = upstream("third");

    private static Upstream upstream(String name) {
        return ProbedUpstreams.of(name, Dialect.OPENAI, 1, null);
    }

    private void call(Upstream chosen) {
        for (int i = 0; i < 10; i++) {
            switches.chosen(preferred, chosen);
        }
    }

    @Test // row 32
    void one_event_when_calls_begin_to_go_elsewhere_and_one_when_they_come_back() {
        call(preferred);
        assertThat(store.told()).isEmpty();
        call(second);
        call(third);
        time.pass(Duration.ofSeconds(5));
        call(second);
        assertThat(store.told()).containsExactly("switched preferred to second");

        call(preferred);

        assertThat(store.told()).containsExactly("switched preferred to second", "switched preferred back");
    }

    @Test
    void what_flutters_is_not_worth_an_event_each_time() {
        for (int i = 0; i < 1_000; i++) {
            call(second);
            call(preferred);
            time.pass(Duration.ofMillis(10));
        }

        assertThat(store.told()).hasSizeBetween(2, 12);
    }
}
