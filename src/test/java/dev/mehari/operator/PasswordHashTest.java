package dev.mehari.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
    private static final int FEW = 1_000;

    private final SecureRandom random = new SecureRandom();

    @Test
    void is_pbkdf2_with_hmac_sha_256() {
        // RFC 7914, section 11, first 32 bytes of its vector: password "passwd", salt "salt", 1 round
        PasswordHash known =
                PasswordHash.parse("pbkdf2-sha256$1$c2FsdA==$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=");

        assertThat(known.matches("passwd")).isTrue();
        assertThat(known.matches("Passwd")).isFalse();
    }

    @Test
    void survives_its_text_form_and_hides_the_password() {
        String text = PasswordHash.of("correct horse", FEW, random).text();

        assertThat(text).startsWith("pbkdf2-sha256$1000$").doesNotContain("horse");
        assertThat(PasswordHash.parse(text).matches("correct horse")).isTrue();
        assertThat(PasswordHash.parse(text)).hasToString("***");
    }

    @Test
    void differs_for_the_same_password() {
        assertThat(PasswordHash.of("correct horse", FEW, random).text())
                .isNotEqualTo(PasswordHash.of("correct horse", FEW, random).text());
    }

    @Test
    void takes_letters_of_any_script_however_they_were_composed() {
        PasswordHash hash = PasswordHash.of("pferd-b\u00e4r-\u9a6c", FEW, random);

        assertThat(hash.matches("pferd-ba\u0308r-\u9a6c")).isTrue();
        assertThat(hash.matches("pferd-bar-\u9a6c")).isFalse();
    }

    @Test
    void refuses_what_is_no_hash() {
        assertThatThrownBy(() -> PasswordHash.parse("plain")).isInstanceOf(IllegalArgumentException.class);
    }
}
