package dev.mehari.caller;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as operators see it; never with its text.
 *
 * @param id unique, never used again
 * @param prefix the first characters of its text
 * @param activatedAt its first use, where its expiry counts from there; null before
 * @param deletedAt null unless it is deleted
 */
public record KeyEntry(
        long id,
        String prefix,
        KeyFields fields,
        Instant createdAt,
        @Nullable Instant activatedAt,
        @Nullable Instant deletedAt) {

    /** From when on it is not valid; null while no such time is known. */
    public @Nullable Instant expiresAt() {
        return fields.expiry().from(activatedAt);
    }

    public KeyState state(Instant now) {
        if (deletedAt != null) {
            return KeyState.DELETED;
        }
        if (!fields.enabled()) {
            return KeyState.DISABLED;
        }
        Instant expires = expiresAt();
        return expires != null && !expires.isAfter(now) ? KeyState.EXPIRED : KeyState.ACTIVE;
    }
}
