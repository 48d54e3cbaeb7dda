package dev.mehari.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The keys in use. A known key stays until it is pushed out by others, so that it works while the database is away; it is
 * kept right by being told of every change. That a key does not exist is remembered for a few seconds only.
 *
 * <p>A look-up and a change can cross: the look-up reads the old row, the change is noticed, the look-up ends. Each
 * change therefore counts {@link #changes} up, and a look-up during which it moved is answered but not kept.
 */
public final class KeyCache {
    private static final int MOST_KEYS = 100_000;
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);

    private final KeyStore store;
    private final KeyLookUps lookUps;
    private final Cache<KeyHash, Finding> known =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).executor(Runnable::run).build();
    private final Cache<KeyHash, Finding> unknown;
    private final Map<KeyHash, CompletableFuture<Finding>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();

    /** Where look-ups run: {@code blocking}, which may throw {@link java.util.concurrent.RejectedExecutionException} when it is full. */
    public KeyCache(KeyStore store, Executor blocking, Ticker ticker) {
        this.store = store;
        lookUps = new KeyLookUps(store, blocking);
        this.unknown = Caffeine.newBuilder()
                .maximumSize(MOST_KEYS)
                .expireAfterWrite(UNKNOWN_FOR)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /** What is known of the key without asking; null when the store has to be asked. */
    @Nullable
    Finding peek(KeyHash hash) {
        Finding found = known.getIfPresent(hash);
        return found == null ? unknown.getIfPresent(hash) : found;
    }

    /** Asks the store, once for all who ask for the same key meanwhile. Fails with {@link StorageUnavailable}. */
    CompletableFuture<Finding> find(KeyHash hash) {
        CompletableFuture<Finding> mine = new CompletableFuture<>();
        CompletableFuture<Finding> others = underWay.putIfAbsent(hash, mine);
        if (others != null) {
            return others;
        }
        long before = changes.get();
        var unused = lookUps.find(hash).whenComplete((found, failure) -> {
            if (failure != null) {
                underWay.remove(hash);
                mine.completeExceptionally(failure);
                return;
            }
            Finding finding = found.<Finding>map(Finding.Found::new).orElse(Finding.Absent.INSTANCE);
            keep(hash, finding, before);
            underWay.remove(hash);
            mine.complete(finding);
        });
        return mine;
    }

    /** The key with this hash was made, changed or deleted. Blocks. */
    public void changed(KeyHash hash) throws StorageUnavailable {
        changes.incrementAndGet();
        unknown.invalidate(hash);
        if (known.getIfPresent(hash) != null) {
            replace(hash, store.find(hash).orElse(null));
        }
    }

    /** Any key may have changed: reads those in use anew. Blocks. */
    public void anythingChanged() throws StorageUnavailable {
        changes.incrementAndGet();
        unknown.invalidateAll();
        List<KeyHash> hashes = List.copyOf(known.asMap().keySet());
        if (!hashes.isEmpty()) {
            Map<KeyHash, StoredKey> found = new ConcurrentHashMap<>();
            store.findAll(hashes).forEach(key -> found.put(key.hash(), key));
            hashes.forEach(hash -> replace(hash, found.get(hash)));
        }
    }

    private void replace(KeyHash hash, @Nullable StoredKey key) {
        if (key == null) {
            known.invalidate(hash);
        } else {
            known.put(hash, new Finding.Found(key));
        }
    }

    private void keep(KeyHash hash, Finding finding, long before) {
        (finding instanceof Finding.Found ? known : unknown).put(hash, finding);
        if (changes.get() != before) {
            known.invalidate(hash);
            unknown.invalidate(hash);
        }
    }
}
