package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.zip.DataFormatException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class DeflatedTest {
    @Property(tries = 200)
    void comes_back_as_it_was(@ForAll @Size(max = 20_000) byte[] bytes) throws Exception {
        assertThat(Deflated.open(Deflated.of(bytes), bytes.length)).isEqualTo(bytes);
    }

    @Example
    void text_gets_smaller_and_another_length_is_noticed() {
        byte[] text = "data: {\"choices\":[]}\n\n".repeat(500).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] deflated = Deflated.of(text);

        assertThat(deflated).hasSizeLessThan(text.length / 10);
        assertThatThrownBy(() -> Deflated.open(deflated, text.length + 1)).isInstanceOf(DataFormatException.class);
    }
}
