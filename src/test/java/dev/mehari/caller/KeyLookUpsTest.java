package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.FakeKeyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class KeyLookUpsTest {
    private final FakeKeyStore store = new FakeKeyStore().with("mh_known", 1);
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final KeyLookUps lookUps = new KeyLookUps(store, threads::add);

    @Test
    void however_many_are_tried_one_thread_asks_for_many_at_a_time() {
        List<CompletableFuture<Optional<StoredKey>>> tried = new ArrayList<>();
        for (int i = 0; i < 3 * KeyLookUps.MOST_TOGETHER; i++) {
            tried.add(find("mh_unknown-" + i));
        }
        CompletableFuture<Optional<StoredKey>> known = find("mh_known");

        int questions = 0;
        while (!threads.isEmpty()) {
            assertThat(threads).hasSize(1);
            threads.remove().run();
            questions++;
        }

        assertThat(questions).isEqualTo(4);
        assertThat(known.join()).isPresent();
        assertThat(tried).allSatisfy(one -> assertThat(one.join()).isEmpty());
    }

    @Test
    void there_is_a_bound_on_those_who_wait() {
        for (int i = 0; i < KeyLookUps.MOST_WAITING; i++) {
            assertThat(find("mh_unknown-" + i)).isNotDone();
        }

        assertThat(find("mh_known")).isCompletedExceptionally();
    }

    @Test
    void an_outage_is_told_to_all_and_forgotten() {
        CompletableFuture<Optional<StoredKey>> first = find("mh_known");
        CompletableFuture<Optional<StoredKey>> second = find("mh_unknown");
        store.away(true);
        threads.remove().run();
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();

        store.away(false);
        CompletableFuture<Optional<StoredKey>> later = find("mh_known");
        threads.remove().run();

        assertThat(later.join()).isPresent();
    }

    @Test
    void without_a_thread_all_may_try_again() {
        KeyLookUps full = new KeyLookUps(store, work -> {
            throw new RejectedExecutionException("full");
        });

        assertThat(full.find(KeyHash.of("mh_known")))
                .failsWithin(java.time.Duration.ofSeconds(1))
                .withThrowableThat()
                .withCauseInstanceOf(StorageUnavailable.class);
    }

    private CompletableFuture<Optional<StoredKey>> find(String key) {
        return lookUps.find(KeyHash.of(key));
    }
}
