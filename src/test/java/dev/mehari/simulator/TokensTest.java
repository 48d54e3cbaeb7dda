package dev.mehari.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokensTest {
    @Property(tries = 200)
    void put_together_again_they_are_the_text(@ForAll String text) {
        assertThat(String.join("", Tokens.split(text))).isEqualTo(text);
        assertThat(Tokens.count(text)).isEqualTo(Tokens.split(text).size());
    }

    @Test
    void words_are_tokens_with_the_blank_before_them_and_long_words_several() {
        assertThat(Tokens.split("Hello, cardamom pods 香り😀"))
                .containsExactly("Hello", ",", " cardam", "om", " pods", " 香", "り", "😀");
    }
}
