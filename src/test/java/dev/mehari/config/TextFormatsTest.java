package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormatsTest {
    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "5m,300000", "1h,3600000", "1 D,86400000", "0,0"})
    void reads_durations(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "1s 2ms", "PT5S", "9999999999999s"})
    void refuses_what_is_no_duration(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.parse(text));
    }

    @Property
    void a_written_duration_reads_back(@ForAll @LongRange(min = 0, max = 1L << 39) long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(DurationText.parse(DurationText.of(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"12000000,12000000", "64KiB,65536", "64 kb,64000", "12MB,12000000", "1GiB,1073741824", "7b,7"})
    void reads_sizes(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5MB", "64K", "64 TiB", "999999999999999GiB"})
    void refuses_what_is_no_size(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
    }

    @Test
    void finds_the_nearest_name_and_none_when_all_are_far() {
        List<String> known = List.of("proxy.max_queue", "proxy.rate_limit");

        assertThat(NearestName.of("proxy.max_quue", known)).contains("proxy.max_queue");
        assertThat(NearestName.of("proxy.ratelimit", known)).contains("proxy.rate_limit");
        assertThat(NearestName.of("colour", known)).isEmpty();
        assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
    }
}
