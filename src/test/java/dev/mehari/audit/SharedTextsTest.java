package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedTextsTest {
    private final SharedTexts texts = new SharedTexts();

    @Test
    void equal_texts_become_one() {
        String first = texts.clean(copy("/v1/messages"));

        assertThat(first).isEqualTo("/v1/messages");
        assertThat(texts.clean(copy("/v1/messages"))).isSameAs(first);
    }

    @Test
    void texts_that_share_a_place_stay_apart() {
        // Of the same hash, by which places are given.
        assertThat(texts.clean("Aa")).isEqualTo("Aa");
        assertThat(texts.clean("BB")).isEqualTo("BB");
        assertThat(texts.clean("Aa")).isEqualTo("Aa");
    }

    @Test
    void what_is_cleaned_once_is_cleaned_again() {
        assertThat(texts.clean("a\nb")).isEqualTo("a\uFFFDb");
        assertThat(texts.clean("a\nb")).isEqualTo("a\uFFFDb");
        assertThat(texts.clean(null)).isNull();
    }

    private static String copy(String text) {
        return new String(text.toCharArray());
    }
}
