package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.storage.AuditSlices.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AuditSlicesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void each_is_twice_as_long_as_the_one_before_up_to_a_sixteenth_of_all() {
        AuditSlices slices = AuditSlices.growing(null, null, NOON, NOON.minusSeconds(1), NOON.minusSeconds(80));

        assertThat(all(slices))
                .startsWith(
                        new Slice(NOON.minusSeconds(1), null),
                        new Slice(NOON.minusSeconds(3), NOON.minusSeconds(1)),
                        new Slice(NOON.minusSeconds(7), NOON.minusSeconds(3)),
                        new Slice(NOON.minusSeconds(12), NOON.minusSeconds(7)),
                        new Slice(NOON.minusSeconds(17), NOON.minusSeconds(12)))
                .endsWith(new Slice(null, NOON.minusSeconds(77)))
                .hasSize(18);
    }

    @Test
    void a_sixteenth_is_one_of_the_time_asked_for() {
        AuditSlices slices = AuditSlices.growing(
                NOON.minusSeconds(80), null, NOON, NOON.minusSeconds(1), NOON.minus(Duration.ofDays(90)));

        assertThat(all(slices)).hasSize(18).endsWith(new Slice(NOON.minusSeconds(80), NOON.minusSeconds(77)));
    }

    @Test
    void all_at_once_is_one() {
        assertThat(all(AuditSlices.one(null, NOON))).containsExactly(new Slice(null, NOON));
    }

    @Test
    void events_of_one_moment_are_left_behind_in_few_steps() {
        AuditSlices slices = AuditSlices.growing(null, null, NOON, NOON, NOON.minus(Duration.ofDays(90)));

        assertThat(all(slices)).hasSizeLessThan(45);
    }

    @Property
    void together_they_are_the_time_asked_for(
            @ForAll @IntRange(max = 100_000) int first,
            @ForAll @LongRange(max = 90L * 86_400) long oldest,
            @ForAll @LongRange(max = 90L * 86_400) long asked,
            @ForAll boolean open) {
        Instant begin = NOON.minusSeconds(first);
        Instant from = open ? null : begin.minusSeconds(asked);

        List<Slice> slices =
                all(AuditSlices.growing(from, NOON.plusSeconds(1), NOON, begin, begin.minusSeconds(oldest)));

        Instant end = NOON.plusSeconds(1);
        for (Slice slice : slices) {
            assertThat(slice.to()).isEqualTo(end);
            end = slice.from();
        }
        assertThat(slices).hasSizeLessThan(45);
        if (end != null) {
            assertThat(end.equals(from) || !end.isAfter(begin.minusSeconds(oldest)))
                    .isTrue();
        }
    }

    private static List<Slice> all(AuditSlices slices) {
        List<Slice> all = new ArrayList<>();
        slices.forEachRemaining(all::add);
        return all;
    }
}
