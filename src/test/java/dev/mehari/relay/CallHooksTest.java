package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallHooksTest {
    private final CallHooks hooks = new CallHooks();
    private final List<String> done = new ArrayList<>();

    @Test
    void what_comes_before_the_last_byte_is_done_once_and_the_end_after_it() {
        hooks.onEnd(() -> done.add("end"));
        hooks.beforeLastByte(() -> done.add("last byte"));

        hooks.answered();
        assertThat(done).containsExactly("last byte");
        hooks.end();
        hooks.end();

        assertThat(done).containsExactly("last byte", "end");
    }

    @Test
    void an_answer_without_a_last_byte_gives_back_at_its_end() {
        hooks.onEnd(() -> done.add("end"));
        hooks.beforeLastByte(() -> done.add("last byte"));

        hooks.end();

        assertThat(done).containsExactly("last byte", "end");
    }

    @Test // as of a lease that is granted when its call has been answered already
    void what_comes_too_late_is_done_at_once() {
        hooks.answered();
        hooks.beforeLastByte(() -> done.add("last byte"));
        hooks.end();
        hooks.onEnd(() -> done.add("end"));

        assertThat(done).containsExactly("last byte", "end");
    }

    @Test
    void one_fault_keeps_nobody_from_giving_back() {
        hooks.beforeLastByte(() -> {
            throw new IllegalStateException("made by the test");
        });
        hooks.beforeLastByte(() -> done.add("last byte"));
        hooks.onEnd(() -> done.add("end"));

        hooks.end();

        assertThat(done).containsExactly("last byte", "end");
    }
}
