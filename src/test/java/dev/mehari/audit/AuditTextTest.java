package dev.mehari.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AuditTextTest {
    @Property
    void is_the_same_after_it_was_stored(@ForAll String text) {
        String clean = AuditText.clean(text);

        assertThat(new String(clean.getBytes(UTF_8), UTF_8)).isEqualTo(clean);
        assertThat(clean).hasSizeLessThanOrEqualTo(AuditText.LONGEST);
        assertThat(clean.chars()).noneMatch(Character::isISOControl);
        assertThat(AuditText.clean(clean)).isEqualTo(clean);
    }

    @Test
    void leaves_good_text_alone() {
        assertThat(AuditText.clean("gpt-\u6f22\u5b57 \ud83d\ude00")).isEqualTo("gpt-\u6f22\u5b57 \ud83d\ude00");
        assertThat(AuditText.clean(null)).isNull();
    }

    @Test
    void replaces_what_could_not_be_stored() {
        assertThat(AuditText.clean("a\u0000b\nc\ud83d")).isEqualTo("a\uFFFDb\uFFFDc\uFFFD");
    }

    @Test
    void does_not_cut_a_character_in_two() {
        String text = "a".repeat(AuditText.LONGEST - 1) + "\ud83d\ude00";

        assertThat(AuditText.clean(text)).doesNotContain("\ud83d").hasSize(AuditText.LONGEST);
    }
}
