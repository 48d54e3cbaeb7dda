package dev.mehari.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KeptBytesTest {
    @Property(tries = 200)
    void keeps_the_beginning_however_it_comes_and_takes_no_more_than_it_may(
            @ForAll @Size(max = 20) List<@Size(max = 3000) byte[]> parts,
            @ForAll @IntRange(min = 1, max = 20_000) int most) {
        CaptureMemory memory = new CaptureMemory(1_000_000);
        KeptBytes kept = new KeptBytes(most, memory);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            assertThat(kept.add(ByteBuffer.wrap(part).asReadOnlyBuffer())).isTrue();
            all.writeBytes(part);
        }

        byte[] expected = Arrays.copyOf(all.toByteArray(), Math.min(most, all.size()));
        assertThat(kept.toBytes()).isEqualTo(expected);
        assertThat(kept.size()).isEqualTo(all.size());
        assertThat(memory.taken()).isEqualTo(kept.taken()).isBetween((long) expected.length, (long) most);
    }
}
