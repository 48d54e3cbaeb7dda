package dev.mehari.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    @SuppressWarnings("try") // only closed
    void closes_everything_once_in_reverse_whatever_fails() {
        try (Opened opened = new Opened()) {
            opened.add(() -> closed.add("first"));
            opened.add(() -> {
                throw new IOException("broken by the test");
            });
            opened.add(() -> closed.add("last"));

            opened.close();
        }

        assertThat(closed).containsExactly("last", "first");
    }
}
