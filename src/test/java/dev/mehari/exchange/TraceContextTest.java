package dev.mehari.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void reads_and_writes_the_header() {
        String header = "00-" + TRACE + "-" + SPAN + "-01";

        assertThat(TraceContext.parse(header)).isEqualTo(new TraceContext(TRACE, SPAN, true));
        assertThat(new TraceContext(TRACE, SPAN, true).header()).isEqualTo(header);
        assertThat(TraceContext.parse("00-" + TRACE + "-" + SPAN + "-00"))
                .isEqualTo(new TraceContext(TRACE, SPAN, false));
    }

    @Test
    void reads_what_later_versions_have_in_common() {
        assertThat(TraceContext.parse("01-" + TRACE + "-" + SPAN + "-01-more"))
                .isEqualTo(new TraceContext(TRACE, SPAN, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-1",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01"
            })
    void ignores_what_is_malformed(String header) {
        assertThat(TraceContext.parse(header)).isNull();
    }

    @Test
    void ignores_what_is_absent_or_endless() {
        assertThat(TraceContext.parse(null)).isNull();
        assertThat(TraceContext.parse("01-" + TRACE + "-" + SPAN + "-01-" + "a".repeat(200)))
                .isNull();
    }
}
