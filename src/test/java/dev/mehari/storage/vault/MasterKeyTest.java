package dev.mehari.storage.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MasterKeyTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final MasterKey KEY = MasterKey.of("a text of at least 32 characters!");
    private static final MasterKey OTHER = MasterKey.of("A text of at least 32 characters!");

    // row 87
    @Property(tries = 200)
    void opens_what_it_sealed(@ForAll @Size(max = 300) byte[] secret, @ForAll String belongsTo) throws Exception {
        byte[] sealed = KEY.seal(secret, belongsTo, RANDOM);

        assertThat(KEY.open(sealed, belongsTo)).isEqualTo(secret);
    }

    // row 87
    @Property(tries = 200)
    void opens_nothing_of_which_a_bit_was_changed(
            @ForAll @Size(max = 40) byte[] secret,
            @ForAll @IntRange(max = 10_000) int where,
            @ForAll @IntRange(max = 7) int bit) {
        byte[] sealed = KEY.seal(secret, "credential:1:secret", RANDOM);
        sealed[where % sealed.length] ^= (byte) (1 << bit);

        assertThatThrownBy(() -> KEY.open(sealed, "credential:1:secret")).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void opens_nothing_in_another_place_or_with_another_key() {
        byte[] sealed = KEY.seal(new byte[] {1, 2, 3}, "credential:1:secret", RANDOM);

        assertThatThrownBy(() -> KEY.open(sealed, "credential:2:secret")).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> OTHER.open(sealed, "credential:1:secret"))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> KEY.open(new byte[0], "credential:1:secret"))
                .isInstanceOf(GeneralSecurityException.class);
        assertThat(OTHER.check()).isNotEqualTo(KEY.check()).hasSize(16);
    }

    @Test
    void seals_the_same_secret_differently_each_time_and_shows_nothing_of_it() {
        Set<String> sealed = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] bytes = KEY.seal("sk-secret".getBytes(UTF_8), "x", RANDOM);
            assertThat(new String(bytes, UTF_8)).doesNotContain("sk-secret");
            sealed.add(Base64.getEncoder().encodeToString(bytes));
        }

        assertThat(sealed).hasSize(100);
        assertThat(KEY).hasToString("***");
    }

    @Test
    void takes_32_bytes_in_base64_for_themselves_and_any_long_text() {
        String base64 = Base64.getEncoder().encodeToString(new byte[32]);

        assertThat(MasterKey.of(base64 + "\n").check())
                .isEqualTo(MasterKey.of(base64).check());
        assertThat(MasterKey.of(base64).check())
                .isNotEqualTo(MasterKey.of("x" + base64).check());
        assertThatThrownBy(() -> MasterKey.of("31 characters, which are too few".substring(0, 31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 characters");
    }
}
