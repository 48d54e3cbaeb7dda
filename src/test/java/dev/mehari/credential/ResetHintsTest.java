package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResetHintsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    private final ResetHints hints = new ResetHints();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after: 20 | 20000",
                "retry-after: 1.5 | 1500",
                "retry-after: Sat, 21 Nov 2026 08:05:00 GMT | 300000",
                "retry-after: 99999 | 1800000",
                "retry-after-ms: 250; retry-after: 1 | 250",
                "x-ratelimit-reset: 30 | 30000",
                "x-ratelimit-reset: 1795248030 | 30000",
                "x-ratelimit-reset: 1795248030000 | 30000",
                "x-ratelimit-reset-requests: 6m0s | 360000",
                "x-ratelimit-reset-tokens: 20ms | 20",
                "x-ratelimit-reset-requests: 1s; x-ratelimit-reset-tokens: 1m30.5s | 90500",
                "x-ratelimit-reset-requests: 1s; x-ratelimit-remaining-requests: 0; x-ratelimit-reset-tokens: 6m0s; x-ratelimit-remaining-tokens: 900 | 1000",
                "anthropic-ratelimit-requests-reset: 2026-11-21T08:01:00Z | 60000",
                "anthropic-ratelimit-unified-reset: 1795266000 | 18000000",
                "anthropic-ratelimit-unified-reset: 1795266000; retry-after: 18000 | 18000000",
                "anthropic-ratelimit-unified-reset: 99999999999 | 2678400000",
                "retry-after: 7; x-ratelimit-reset: 30 | 7000",
            })
    void reads_every_form(String headers, long millis) {
        assertThat(hints.until(answer(headers, ""), NOW)).isEqualTo(NOW.plusMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"details\":[{\"metadata\":{\"quotaResetTimeStamp\":\"2026-11-21T09:00:00Z\",\"quotaResetDelay\":\"5s\"}}]}}",
                "{\"error\":{\"details\":[{\"metadata\":{\"quotaResetDelay\":\"1h0m0s\"}}]}}",
                "{\"error\":{\"details\":[{\"retryDelay\":\"3600s\"}]}}"
            })
    void reads_what_google_says(String body) {
        assertThat(hints.until(answer("retry-after: 1", body), NOW)).isEqualTo(NOW.plus(Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry-after: soon",
                "retry-after: -1",
                "retry-after: 0",
                "retry-after: Fri, 20 Nov 2026 08:05:00 GMT",
                "x-ratelimit-reset: 1m30",
                "x-ratelimit-reset: 1.2.3",
                "anthropic-ratelimit-requests-reset: 2026-11-21T07:00:00Z",
                "x-ratelimit-reset-requests: 6m0s; x-ratelimit-remaining-requests: 12",
                "x-other: 1"
            })
    void does_not_make_up_a_time(String headers) {
        assertThat(hints.until(answer(headers, "quotaResetTimeStamp"), NOW)).isNull();
    }

    @Test
    void a_huge_body_is_not_searched() {
        String body = " ".repeat(BenchRules.READ) + "\"quotaResetDelay\":\"5s\"";

        assertThat(hints.until(answer("x-other: 1", body), NOW)).isNull();
    }

    private static Answer answer(String headers, String body) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String header : headers.split(";", -1)) {
            int colon = header.indexOf(':');
            map.put(header.substring(0, colon).strip(), header.substring(colon + 1));
        }
        return new Answer(429, map, body.getBytes(UTF_8));
    }
}
