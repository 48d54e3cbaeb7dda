package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAnswersTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final TokenAnswers answers = new TokenAnswers();

    private TokenAnswer read(int status, String retryAfter, String body) {
        return answers.read(status, retryAfter, body.getBytes(StandardCharsets.UTF_8), NOW);
    }

    @ParameterizedTest // row 83
    @CsvSource({
        "400, invalid_grant",
        "400, refresh_token_expired",
        "400, invalid_refresh_token",
        "400, unauthorized_client",
        "403, access_denied",
        "401, invalid_client",
        "401, invalid_grant",
    })
    void a_known_code_refuses_for_good(int status, String code) {
        assertThat(read(status, null, "{\"error\":\"" + code + "\",\"error_description\":\"x\"}"))
                .isEqualTo(new TokenAnswer.Refused(code));
        assertThat(read(status, null, "{\"error\":{\"type\":\"" + code + "\",\"message\":\"x\"}}"))
                .isEqualTo(new TokenAnswer.Refused(code));
    }

    @ParameterizedTest // row 83
    @CsvSource({
        "500, '{\"error\":\"invalid_grant\"}'",
        "503, 'down'",
        "429, '{\"error\":\"invalid_grant\"}'",
        "400, '{\"error\":\"invalid_request\"}'",
        "403, '<html>blocked by a firewall</html>'",
        "401, ''",
        "302, ''",
        "200, '<html>'",
        "200, '{}'",
        "200, '[1]'",
        "200, '{\"access_token\":\"\"}'",
    })
    void anything_else_may_be_different_later(int status, String body) {
        assertThat(read(status, null, body)).isInstanceOf(TokenAnswer.Later.class);
    }

    @Test // row 83
    void heeds_retry_after_in_seconds_and_as_a_date() {
        assertThat(read(429, "17", "")).isEqualTo(new TokenAnswer.Later("status_429", Duration.ofSeconds(17)));
        assertThat(read(503, "Sat, 21 Nov 2026 12:01:00 GMT", ""))
                .isEqualTo(new TokenAnswer.Later("status_503", Duration.ofSeconds(60)));
        assertThat(read(503, "soon", "")).isEqualTo(new TokenAnswer.Later("status_503", null));
        assertThat(read(503, "99999999999999999999", "")).isEqualTo(new TokenAnswer.Later("status_503", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"access_token\":\"a\\nb\",\"expires_in\":3600}",
                "{\"access_token\":\"a\\u0000b\",\"expires_in\":3600}",
                "{\"access_token\":\"caf\u00e9\",\"expires_in\":3600}",
                "{\"access_token\":\"a\",\"refresh_token\":\"r\\u0000\",\"expires_in\":3600}",
            })
    void takes_no_token_that_cannot_be_sent(String body) {
        assertThat(read(200, null, body)).isEqualTo(new TokenAnswer.Later("no_token_in_answer", null));
    }

    @Test
    void takes_a_token_of_16384_characters_and_no_longer_one() {
        String longest = "a".repeat(16_384);

        assertThat(read(200, null, "{\"access_token\":\"" + longest + "\"}")).isInstanceOf(TokenAnswer.Fresh.class);
        assertThat(read(200, null, "{\"access_token\":\"" + longest + "a\"}"))
                .isEqualTo(new TokenAnswer.Later("no_token_in_answer", null));
    }

    @Test
    void reads_tokens_and_their_end() {
        TokenAnswer answer =
                read(200, null, "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":\"3600\",\"more\":1}");

        assertThat(answer).isInstanceOfSatisfying(TokenAnswer.Fresh.class, fresh -> {
            assertThat(fresh.tokens().accessToken().reveal()).isEqualTo("a");
            assertThat(fresh.tokens().refreshToken().reveal()).isEqualTo("r");
            assertThat(fresh.tokens().expires()).isEqualTo(NOW.plusSeconds(3600));
            assertThat(fresh.toString()).doesNotContain("accessToken=a").doesNotContain("=r");
        });
        assertThat(read(200, null, "{\"access_token\":\"a\",\"expires_in\":0}"))
                .isInstanceOfSatisfying(TokenAnswer.Fresh.class, fresh -> {
                    assertThat(fresh.tokens().refreshToken()).isNull();
                    assertThat(fresh.tokens().expires()).isNull();
                });
    }
}
