package dev.mehari.testing;

import dev.mehari.caller.Caller;
import dev.mehari.caller.KeyHash;
import dev.mehari.caller.KeyStore;
import dev.mehari.caller.NewKey;
import dev.mehari.caller.StoredKey;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keys in memory, for tests of what uses them; counts what it is asked and can be away as a database can. */
public final class FakeKeyStore implements KeyStore {
    private final Map<KeyHash, StoredKey> keys = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;
    private volatile Runnable afterReading = () -> {};

    /** A key that is enabled and never expires. */
    public FakeKeyStore with(String key, int priority) {
        return with(key, priority, true, null);
    }

    public FakeKeyStore with(String key, int priority, boolean enabled, @Nullable Instant expiresAt) {
        return with(key, "id-" + key, priority, enabled, expiresAt, KeyLimits.NONE);
    }

    /** A key with limits, priority 5. */
    public FakeKeyStore with(String key, long id, KeyLimits limits) {
        return with(key, Long.toString(id), 5, true, null, limits);
    }

    private FakeKeyStore with(
            String key, String id, int priority, boolean enabled, @Nullable Instant expiresAt, KeyLimits limits) {
        KeyHash hash = KeyHash.of(key);
        Caller caller = new Caller(id, "name-" + key, priority);
        keys.put(hash, StoredKey.of(hash, caller, enabled, expiresAt, limits));
        return this;
    }

    public FakeKeyStore without(String key) {
        keys.remove(KeyHash.of(key));
        return this;
    }

    /** From now on every call fails, or works again. */
    public FakeKeyStore away(boolean isAway) {
        away = isAway;
        return this;
    }

    /** Runs {@code action} in every {@link #find} between reading the row and answering. */
    public FakeKeyStore afterReading(Runnable action) {
        afterReading = action;
        return this;
    }

    /** How many times it was asked for one key. */
    public int asked() {
        return asked.get();
    }

    @Override
    public Optional<StoredKey> find(KeyHash hash) throws StorageUnavailable {
        asked.incrementAndGet();
        check();
        Optional<StoredKey> found = Optional.ofNullable(keys.get(hash));
        afterReading.run();
        return found;
    }

    @Override
    public List<StoredKey> findAll(Collection<KeyHash> hashes) throws StorageUnavailable {
        check();
        List<StoredKey> found = new ArrayList<>(keys.values());
        found.removeIf(key -> !hashes.contains(key.hash()));
        return found;
    }

    @Override
    public boolean createFirst(NewKey key, String name) throws StorageUnavailable {
        check();
        boolean isFirst = keys.isEmpty();
        if (isFirst) {
            with(key.key(), 5);
        }
        return isFirst;
    }

    private void check() throws StorageUnavailable {
        if (away) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
    }
}
