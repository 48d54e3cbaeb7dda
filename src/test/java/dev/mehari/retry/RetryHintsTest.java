package dev.mehari.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.TestExchange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long upstreams ask to wait, in all the ways in which they say it. */
class RetryHintsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Exchange exchange = TestExchange.create();
    private final RetryHints hints = new RetryHints(Clock.fixed(NOW, ZoneOffset.UTC));

    private Duration of(String... headers) {
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        for (int i = 0; i < headers.length; i += 2) {
            answer.setHeader(headers[i], headers[i + 1]);
        }
        return hints.of(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After                           | 2                             | PT2S",
                "retry-after                           | 0.5                           | PT0.5S",
                "Retry-After                           | Sat, 21 Nov 2026 12:00:07 GMT | PT7S",
                "Retry-After                           | Sat, 21 Nov 2026 11:00:00 GMT | PT0S",
                "Retry-After                           | 999999999                     | PT24H",
                "retry-after-ms                        | 1500                          | PT1.5S",
                "x-ratelimit-reset-requests            | 1s                            | PT1S",
                "x-ratelimit-reset-tokens              | 6m0s                          | PT6M",
                "x-ratelimit-reset-tokens              | 120ms                         | PT0.12S",
                "x-ratelimit-reset-tokens              | 1h2m3.5s                      | PT1H2M3.5S",
                "x-ratelimit-reset-tokens              | 2d                            | PT24H",
                "x-ratelimit-reset                     | 9                             | PT9S",
                "x-ratelimit-reset                     | 1795262405                    | PT5S",
                "x-ratelimit-reset                     | 1795262405000                 | PT5S",
                "x-ratelimit-reset                     | 1795262395                    | PT0S",
                "ratelimit-reset                       | 4                             | PT4S",
                "anthropic-ratelimit-requests-reset    | 2026-11-21T12:00:30Z          | PT30S",
                "anthropic-ratelimit-input-tokens-reset | 2026-11-21T14:00:30+02:00    | PT30S",
            })
    void reads_every_form(String header, String value, Duration wait) {
        assertThat(of(header, value)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "-1", "1e3", "NaN", "0x10", "1s1", "s", "2026-11-21", "Sat, 99 Nov", "١"})
    void garbage_is_as_if_it_were_not_there(String value) {
        assertThat(of("Retry-After", value)).isNull();
        assertThat(of("retry-after-ms", value)).isNull();
        assertThat(of("x-ratelimit-reset", value)).isNull();
        assertThat(of("anthropic-ratelimit-requests-reset", value)).isNull();
    }

    @Property
    void no_text_makes_it_fail(@ForAll String value, @ForAll @IntRange(min = 0, max = 3) int which) {
        String header = new String[] {
                    "Retry-After", "retry-after-ms", "x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"
                }
                [which];
        Duration wait = of(header, value);

        if (wait != null) {
            assertThat(wait).isBetween(Duration.ZERO, Duration.ofDays(1));
        }
    }

    @Property
    void seconds_are_read_as_they_are(@ForAll @IntRange(min = 0, max = 86_400) int seconds) {
        assertThat(of("Retry-After", Integer.toString(seconds))).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(of("x-ratelimit-reset-requests", seconds + "s")).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(of("x-ratelimit-reset", Long.toString(NOW.getEpochSecond() + seconds)))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void what_is_said_outright_comes_before_what_rate_limits_tell() {
        assertThat(of("retry-after-ms", "100", "Retry-After", "2", "x-ratelimit-reset", "9"))
                .isEqualTo(Duration.ofMillis(100));
        assertThat(of("Retry-After", "2", "x-ratelimit-reset", "9")).isEqualTo(Duration.ofSeconds(2));
        assertThat(of("retry-after-ms", "later", "Retry-After", "2")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void of_several_limits_those_that_are_used_up_count() {
        assertThat(of(
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-remaining-requests", "0",
                        "x-ratelimit-reset-tokens", "6m0s",
                        "x-ratelimit-remaining-tokens", "150000"))
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(of("x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "2s"))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(of("x-ratelimit-reset-requests", "1s", "x-ratelimit-remaining-requests", "7"))
                .isNull();
    }
}
