package dev.mehari.caller;

import dev.mehari.failure.StorageUnavailable;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the first caller's key, so that a fresh Mehari can be called at once. */
public final class FirstKey {
    private static final String NAME = "first";

    private final KeyStore store;
    private final SecureRandom random;

    public FirstKey(KeyStore store, SecureRandom random) {
        this.store = store;
        this.random = random;
    }

    /**
     * Makes it where there is no key yet, and returns it then and never again.
     *
     * @param chosen {@code MEHARI_INITIAL_KEY}; null or blank for a random one
     * @throws IllegalArgumentException when {@code chosen} cannot be a key; the message says why
     */
    public Optional<NewKey> ensure(@Nullable String chosen) throws StorageUnavailable {
        NewKey key = chosen == null || chosen.isBlank() ? NewKey.random(random) : new NewKey(chosen.strip());
        return store.createFirst(key, NAME) ? Optional.of(key) : Optional.empty();
    }
}
