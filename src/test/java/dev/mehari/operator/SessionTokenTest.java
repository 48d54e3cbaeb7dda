package dev.mehari.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SessionTokenTest {
    private final SessionToken token = SessionToken.random(new SecureRandom());

    @Test
    void is_read_back_from_what_its_holder_shows() {
        SessionToken shown = SessionToken.of(token.reveal()).orElseThrow();

        assertThat(shown.hash()).isEqualTo(token.hash()).matches("[0-9a-f]{64}").isNotEqualTo(token.reveal());
        assertThat(token).hasToString("***");
    }

    @Test
    void is_nothing_else() {
        assertThat(SessionToken.of(null)).isEmpty();
        assertThat(SessionToken.of("")).isEmpty();
        assertThat(SessionToken.of(token.reveal() + "0")).isEmpty();
        assertThat(SessionToken.of("' or 1=1 --")).isEmpty();
    }

    @Test
    void is_guarded_by_its_own_text_only() {
        SessionToken other = SessionToken.random(new SecureRandom());

        assertThat(token.isGuardedBy(token.csrf())).isTrue();
        assertThat(token.isGuardedBy(other.csrf())).isFalse();
        assertThat(token.isGuardedBy(token.reveal())).isFalse();
        assertThat(token.isGuardedBy(token.hash())).isFalse();
        assertThat(token.isGuardedBy(null)).isFalse();
    }
}
