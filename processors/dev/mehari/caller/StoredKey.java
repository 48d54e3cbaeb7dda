package dev.mehari.caller;

import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitedKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as kept.
 *
 * @param enabled false refuses it
 * @param expiresAt refused from then on; null for never
 * @param limited its limits under its number; null when it has none
 */
public record StoredKey(
        KeyHash hash,
        Caller caller,
        boolean enabled,
        @Nullable Instant expiresAt,
        @Nullable LimitedKey limited) {
    /** A key with {@code limits}; its caller's id is its number unless there are none. */
    public static StoredKey of(
            KeyHash hash, Caller caller, boolean enabled, @Nullable Instant expiresAt, KeyLimits limits) {
        LimitedKey limited = limits.isNone() ? null : new LimitedKey(Long.parseLong(caller.keyId()), limits);
        return new StoredKey(hash, caller, enabled, expiresAt, limited);
    }

    boolean isExpired(long nowMillis) {
        return expiresAt != null && expiresAt.toEpochMilli() <= nowMillis;
    }
}
