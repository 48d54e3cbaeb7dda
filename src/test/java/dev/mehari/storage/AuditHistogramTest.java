package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.Durations;
import java.math.BigDecimal;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class AuditHistogramTest {
    @Property
    void a_number_has_the_count_of_each_bucket(
            @ForAll @Size(max = 20)
                    Map<
                                    @IntRange(max = Durations.BUCKETS - 1) Integer,
                                    @LongRange(min = 1, max = 999_999_999_999L) Long>
                            counts) {
        BigDecimal number = counts.entrySet().stream()
                .map(one -> BigDecimal.valueOf(one.getValue()).scaleByPowerOfTen(12 * one.getKey()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);

        assertThat(AuditSearchTable.counts(number.toPlainString())).isEqualTo(counts);
    }
}
