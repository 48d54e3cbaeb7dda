package dev.mehari.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Dialect;
import dev.mehari.testing.ManualTime;
import dev.mehari.testing.RecordingUpstreamStore;
import dev.mehari.upstream.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpstreamStatesTest {
    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final RecordingUpstreamStore store = new RecordingUpstreamStore();
    private final List<Upstream> upstreams = new ArrayList<>();
    private final UpstreamStates states = new UpstreamStates(store, () -> upstreams, time::nanos);

    private Upstream add(String name) {
        return add(name, Dialect.OPENAI, List.of());
    }

    private Upstream add(String name, Dialect dialect, List<String> models) {
        Upstream upstream = ProbedUpstreams.of(name, dialect, 1, null, models, Map.of());
        upstreams.add(upstream);
        return upstream;
    }

    private void fail(String name, int times) {
        for (int i = 0; i < times; i++) {
            states.failed(name, "broken");
        }
    }

    private boolean isWell(Upstream upstream) {
        return states.isUsable(upstream) && !states.isEjected(upstream.name());
    }

    private Duration outFor(Upstream upstream) {
        Duration out = Duration.ZERO;
        while (!isWell(upstream)) {
            time.pass(Duration.ofSeconds(1));
            out = out.plusSeconds(1);
        }
        return out;
    }

    @Test // row 32
    void failures_in_a_row_take_an_upstream_out_for_a_growing_while() {
        Upstream one = add("one");
        add("two");
        fail("one", 4);
        assertThat(isWell(one)).isTrue();

        List<Long> seconds = new ArrayList<>();
        fail("one", 1);
        for (int i = 0; i < 6; i++) {
            assertThat(states.isEjected("one")).isTrue();
            seconds.add(outFor(one).toSeconds());
            fail("one", 5);
        }

        assertThat(seconds).containsExactly(30L, 60L, 120L, 240L, 300L, 300L);
        outFor(one);
        states.succeeded("one");
        fail("one", 5);
        assertThat(outFor(one)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void failures_between_successes_or_far_apart_do_not() {
        Upstream one = add("one");
        add("two");
        for (int i = 0; i < 20; i++) {
            fail("one", 4);
            states.succeeded("one");
        }
        for (int i = 0; i < 20; i++) {
            fail("one", 1);
            time.pass(Duration.ofSeconds(9));
        }

        assertThat(isWell(one)).isTrue();
    }

    @Test
    void never_the_last_one_and_at_most_half() throws Exception {
        Upstream alone = add("alone", Dialect.ANTHROPIC, List.of());
        List<Upstream> five = List.of(add("a"), add("b"), add("c"), add("d"), add("e"));
        for (Upstream upstream : upstreams) {
            fail(upstream.name(), 50);
        }
        assertThat(isWell(alone)).isTrue();
        assertThat(five.stream().filter(this::isWell)).hasSize(3);

        store.markFailed("c", "x");
        store.markFailed("d", "x");
        store.markFailed("e", "x");
        states.reload();
        time.pass(Duration.ofMinutes(10));
        fail("a", 5);
        fail("b", 5);

        assertThat(five.stream().filter(this::isWell)).hasSize(1);
    }

    @Test
    void who_serves_other_models_is_no_stand_in() {
        Upstream all = add("all", Dialect.OPENAI, List.of());
        Upstream some = add("some", Dialect.OPENAI, List.of("gpt-4*"));
        fail("all", 5);
        assertThat(isWell(all)).isTrue();

        fail("some", 5);

        assertThat(isWell(some)).isFalse();
    }

    @Test // row 32
    void what_is_marked_is_not_usable_whoever_marked_it() throws Exception {
        Upstream one = add("one");
        store.markFailed("one", "probe");
        assertThat(states.isUsable(one)).isTrue();

        states.reload();

        assertThat(states.isUsable(one)).isFalse();
        assertThat(states.isFailed("one")).isTrue();
        assertThat(states.isEjected("one")).isFalse();
    }
}
