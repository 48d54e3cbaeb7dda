package dev.mehari.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Dialect;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final RateLimit limit = new RateLimit(2, Duration.ofSeconds(60));

    @Test
    void each_account_has_a_window_of_its_own() {
        assertThat(limit.take("a", START).allowed()).isTrue();
        assertThat(limit.take("a", START).allowed()).isTrue();
        assertThat(limit.take("a", START).allowed()).isFalse();
        assertThat(limit.take("b", START).allowed()).isTrue();
        assertThat(limit.take("a", START.plusSeconds(60)).allowed()).isTrue();
    }

    @Test
    void headers_tell_openai_callers_what_is_left_and_when_to_come_back() {
        assertThat(limit.take("a", START).headers(Dialect.OPENAI))
                .containsEntry("x-ratelimit-limit-requests", "2")
                .containsEntry("x-ratelimit-remaining-requests", "1")
                .containsEntry("x-ratelimit-reset-requests", "60000ms")
                .doesNotContainKey("retry-after");
        limit.take("a", START);
        assertThat(limit.take("a", START.plusMillis(30_500)).headers(Dialect.OPENAI))
                .containsEntry("x-ratelimit-remaining-requests", "0")
                .containsEntry("retry-after", "30");
    }

    @Test
    void headers_tell_anthropic_callers_the_same_in_their_names() {
        assertThat(limit.take("a", START).headers(Dialect.ANTHROPIC))
                .containsEntry("anthropic-ratelimit-requests-limit", "2")
                .containsEntry("anthropic-ratelimit-requests-remaining", "1")
                .containsEntry("anthropic-ratelimit-requests-reset", "2026-01-01T00:01:00Z");
    }
}
