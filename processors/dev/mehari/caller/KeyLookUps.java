package dev.mehari.caller;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store for keys, many at a time: while one question is under way the next ones gather, and travel together.
 * So however many unknown keys are tried, their look-ups hold one thread and one connection, and a key that there is waits
 * for two questions at most. Any thread.
 */
final class KeyLookUps {
    static final int MOST_WAITING = 10_000;
    static final int MOST_TOGETHER = 500;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final KeyStore store;
    private final Executor blocking;
    private final Queue<LookUp> waiting = new ArrayDeque<>();
    private boolean asking;

    private record LookUp(KeyHash hash, CompletableFuture<Optional<StoredKey>> answer) {}

    KeyLookUps(KeyStore store, Executor blocking) {
        this.store = store;
        this.blocking = blocking;
    }

    /** Empty when there is no such key. Fails with {@link StorageUnavailable}. */
    CompletableFuture<Optional<StoredKey>> find(KeyHash hash) {
        CompletableFuture<Optional<StoredKey>> answer = new CompletableFuture<>();
        boolean begin;
        synchronized (waiting) {
            if (waiting.size() >= MOST_WAITING) {
                answer.completeExceptionally(tooMany(null));
                return answer;
            }
            waiting.add(new LookUp(hash, answer));
            begin = !asking;
            asking = true;
        }
        if (begin) {
            begin();
        }
        return answer;
    }

    private void begin() {
        try {
            blocking.execute(this::ask);
        } catch (RejectedExecutionException full) {
            List<LookUp> all;
            synchronized (waiting) {
                asking = false;
                all = take(MOST_WAITING);
            }
            all.forEach(lookUp -> lookUp.answer().completeExceptionally(tooMany(full)));
        }
    }

    private void ask() {
        List<LookUp> together;
        synchronized (waiting) {
            together = take(MOST_TOGETHER);
        }
        answer(together);
        boolean more;
        synchronized (waiting) {
            more = !waiting.isEmpty();
            asking = more;
        }
        if (more) {
            begin();
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever happens, those who wait are told
    private void answer(List<LookUp> together) {
        Map<KeyHash, StoredKey> found = new HashMap<>();
        try {
            if (together.size() == 1) {
                store.find(together.get(0).hash()).ifPresent(key -> found.put(key.hash(), key));
            } else {
                store.findAll(together.stream().map(LookUp::hash).toList()).forEach(key -> found.put(key.hash(), key));
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            together.forEach(lookUp -> lookUp.answer().completeExceptionally(failure));
            return;
        }
        together.forEach(lookUp -> lookUp.answer().complete(Optional.ofNullable(found.get(lookUp.hash()))));
    }

    private List<LookUp> take(int most) {
        List<LookUp> taken = new ArrayList<>();
        while (taken.size() < most && !waiting.isEmpty()) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    private static StorageUnavailable tooMany(@Nullable Throwable cause) {
        return new StorageUnavailable("too many keys are being looked up, try again", RETRY_AFTER, cause);
    }
}
