package dev.mehari.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For how long upstreams ask to be left alone, in all the ways in which they say it. */
class ResetHintsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final ResetHints NOTHING = new ResetHints(null, null, null);

    private static ResetHints of(String... headers) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return ResetHints.of(map::get, NOW);
    }

    private static Duration inBody(String body) {
        return ResetHints.of(name -> "1", body.getBytes(UTF_8), NOW).body();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after    | 2                             | PT2S",
                "retry-after    | 0                             | PT0S",
                "retry-after    | 0.5                           | PT0.5S",
                "retry-after    | Sat, 21 Nov 2026 12:00:07 GMT | PT7S",
                "retry-after    | Sat, 21 Nov 2026 11:00:00 GMT | PT0S",
                "retry-after    | 999999999                     | PT744H",
                "retry-after-ms | 1500                          | PT1.5S",
            })
    void reads_every_form_of_asking(String header, String value, Duration wait) {
        assertThat(of(header, value)).isEqualTo(new ResetHints(wait, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-ratelimit-reset-requests             | 1s                        | PT1S",
                "x-ratelimit-reset-tokens               | 6m0s                      | PT6M",
                "x-ratelimit-reset-tokens               | 120ms                     | PT0.12S",
                "x-ratelimit-reset-tokens               | 1h2m3.5s                  | PT1H2M3.5S",
                "x-ratelimit-reset-tokens               | 2d                        | PT48H",
                "x-ratelimit-reset-tokens               | 99d                       | PT744H",
                "x-ratelimit-reset                      | 9                         | PT9S",
                "x-ratelimit-reset                      | 1795262405                | PT5S",
                "x-ratelimit-reset                      | 1795262405000             | PT5S",
                "x-ratelimit-reset                      | 1795262395                | PT0S",
                "ratelimit-reset                        | 4                         | PT4S",
                "anthropic-ratelimit-requests-reset     | 2026-11-21T12:00:30Z      | PT30S",
                "anthropic-ratelimit-requests-reset     | 2026-11-21T11:00:00Z      | PT0S",
                "anthropic-ratelimit-input-tokens-reset | 2026-11-21T14:00:30+02:00 | PT30S",
                "anthropic-ratelimit-unified-reset      | 1795280400                | PT5H",
                "anthropic-ratelimit-unified-reset      | 99999999999               | PT744H",
            })
    void reads_every_form_of_a_reset(String header, String value, Duration wait) {
        assertThat(of(header, value)).isEqualTo(new ResetHints(null, wait, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"details\":[{\"metadata\":{\"quotaResetTimeStamp\":\"2026-11-21T13:00:00Z\",\"quotaResetDelay\":\"5s\"}}]}}",
                "{\"error\":{\"details\":[{\"metadata\":{\"quotaResetTimeStamp\":\"soon\",\"quotaResetDelay\":\"1h0m0s\"}}]}}",
                "{\"error\":{\"details\":[{\"retryDelay\":\"3600s\"}]}}"
            })
    void reads_what_google_says(String body) {
        assertThat(inBody(body)).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "quotaResetTimeStamp", "\"quotaResetDelay\":\"later\"", "\"retryDelay\": 5"})
    void other_bodies_say_nothing(String body) {
        assertThat(inBody(body)).isNull();
    }

    @Test
    void a_huge_body_is_not_searched() {
        assertThat(inBody(" ".repeat(ResetHints.LONGEST_BODY) + "\"quotaResetDelay\":\"5s\""))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "-1",
                "1e3",
                "NaN",
                "0x10",
                "1s1",
                "1m30",
                "1.2.3",
                "s",
                "2026-11-21",
                "Sat, 99 Nov",
                "١"
            })
    void garbage_is_as_if_it_were_not_there(String value) {
        assertThat(Stream.of(
                                "retry-after",
                                "retry-after-ms",
                                "x-ratelimit-reset",
                                "anthropic-ratelimit-requests-reset",
                                "x-other")
                        .map(header -> of(header, value)))
                .containsOnly(NOTHING);
    }

    @Property
    void no_text_makes_it_fail(@ForAll String value, @ForAll @IntRange(min = 0, max = 3) int which) {
        String header = new String[] {
                    "retry-after", "retry-after-ms", "x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"
                }
                [which];
        ResetHints hints = of(header, value);
        Duration wait = hints.asked() == null ? hints.limits() : hints.asked();

        if (wait != null) {
            assertThat(wait).isBetween(Duration.ZERO, Duration.ofDays(31));
        }
    }

    @Property
    void seconds_are_read_as_they_are(@ForAll @IntRange(min = 0, max = 2_678_400) int seconds) {
        Duration wait = Duration.ofSeconds(seconds);
        assertThat(of("retry-after", Integer.toString(seconds)).asked()).isEqualTo(wait);
        assertThat(of("x-ratelimit-reset-requests", seconds + "s").limits()).isEqualTo(wait);
        assertThat(of("x-ratelimit-reset", Long.toString(NOW.getEpochSecond() + seconds))
                        .limits())
                .isEqualTo(wait);
    }

    @Test
    void milliseconds_come_before_seconds_if_they_can_be_read() {
        assertThat(of("retry-after-ms", "100", "retry-after", "2").asked()).isEqualTo(Duration.ofMillis(100));
        assertThat(of("retry-after-ms", "later", "retry-after", "2").asked()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void each_way_of_saying_it_is_read_beside_the_others() {
        assertThat(ResetHints.of(
                        Map.<String, Object>of("retry-after", "2", "x-ratelimit-reset", List.of("9", "8"))::get,
                        "\"retryDelay\":\"3s\"".getBytes(UTF_8),
                        NOW))
                .isEqualTo(new ResetHints(Duration.ofSeconds(2), Duration.ofSeconds(9), Duration.ofSeconds(3)));
    }

    @Test
    void of_several_limits_those_that_are_used_up_count() {
        assertThat(of(
                                "x-ratelimit-reset-requests", "1s",
                                "x-ratelimit-remaining-requests", "0",
                                "x-ratelimit-reset-tokens", "6m0s",
                                "x-ratelimit-remaining-tokens", "150000")
                        .limits())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(of("x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "1m30.5s")
                        .limits())
                .isEqualTo(Duration.ofMillis(90_500));
        assertThat(of("x-ratelimit-reset-requests", "6m0s", "x-ratelimit-remaining-requests", "7")
                        .limits())
                .isNull();
    }

    @Test
    void a_limit_that_says_it_still_allows_calls_is_not_used_up() {
        String reset = "anthropic-ratelimit-unified-reset";
        String status = "anthropic-ratelimit-unified-status";

        assertThat(of(reset, "1795280400", status, "rejected").limits()).isEqualTo(Duration.ofHours(5));
        assertThat(of(reset, "1795280400", status, "allowed").limits()).isNull();
    }
}
