package dev.mehari.caller;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Where callers' keys are kept, for all instances. Methods block. */
public interface KeyStore {
    /** The key with this hash, enabled or not. */
    Optional<StoredKey> find(KeyHash hash) throws StorageUnavailable;

    /** Those of {@code hashes} that there are. */
    List<StoredKey> findAll(Collection<KeyHash> hashes) throws StorageUnavailable;

    /** Notes the first use of a key whose expiry counts from there; the first to be noted counts, for all instances. */
    void activate(KeyHash hash, Instant firstUse) throws StorageUnavailable;

    /** Keeps {@code key} if there is no key at all yet; false, when there is one. Decided once for all instances. */
    boolean createFirst(NewKey key, String name) throws StorageUnavailable;
}
