package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.FakeKeyStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FirstUsesTest {
    private static final KeyHash KEY = KeyHash.of("mh_a");
    private static final Instant FIRST = Instant.parse("2026-11-20T12:00:00Z");

    private final FakeKeyStore store = new FakeKeyStore();
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final FirstUses uses = new FirstUses(store, threads::add);

    // row 46
    @Test
    void the_first_use_is_written_beside_the_request_and_once() {
        uses.note(KEY, FIRST);
        uses.note(KEY, FIRST.plusSeconds(1));
        assertThat(store.activated()).isEmpty();

        threads.remove().run();

        assertThat(store.activated()).containsExactly(FIRST);
        assertThat(threads).isEmpty();
    }

    @Test
    void what_cannot_be_written_is_written_with_the_next_use_and_its_own_time() {
        store.away(true);
        uses.note(KEY, FIRST);
        threads.remove().run();
        store.away(false);

        uses.note(KEY, FIRST.plusSeconds(60));
        threads.remove().run();

        assertThat(store.activated()).containsExactly(FIRST);
    }

    @Test
    void without_a_thread_the_next_use_tries_again() {
        boolean[] full = {true};
        FirstUses busy = new FirstUses(store, work -> {
            if (full[0]) {
                throw new RejectedExecutionException("full");
            }
            work.run();
        });

        busy.note(KEY, FIRST);
        full[0] = false;
        busy.note(KEY, FIRST.plusSeconds(5));

        assertThat(store.activated()).containsExactly(FIRST);
    }
}
