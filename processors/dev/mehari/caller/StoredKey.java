package dev.mehari.caller;

import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitedKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as kept.
 *
 * @param enabled false refuses it
 * @param deleted true refuses it
 * @param expiresAt refused from then on; null for never, or for as long as its first use is awaited
 * @param awaitsFirstUse true when it will expire some time after its first use, which has not been noted yet
 * @param limited its limits under its number; null when it has none
 * @param capture of whose calls bodies are kept; null for none
 */
public record StoredKey(
        KeyHash hash,
        Caller caller,
        boolean enabled,
        boolean deleted,
        @Nullable Instant expiresAt,
        boolean awaitsFirstUse,
        @Nullable LimitedKey limited,
        @Nullable CapturePolicy capture) {
    /** A key of whose calls no bodies are kept. */
    public StoredKey(
            KeyHash hash,
            Caller caller,
            boolean enabled,
            boolean deleted,
            @Nullable Instant expiresAt,
            boolean awaitsFirstUse,
            @Nullable LimitedKey limited) {
        this(hash, caller, enabled, deleted, expiresAt, awaitsFirstUse, limited, null);
    }

    /** A key with {@code limits}, not deleted; its caller's id is its number unless there are none. */
    public static StoredKey of(
            KeyHash hash, Caller caller, boolean enabled, @Nullable Instant expiresAt, KeyLimits limits) {
        LimitedKey limited = limits.isNone() ? null : new LimitedKey(Long.parseLong(caller.keyId()), limits);
        return new StoredKey(hash, caller, enabled, false, expiresAt, false, limited);
    }

    boolean isExpired(long nowMillis) {
        return expiresAt != null && expiresAt.toEpochMilli() <= nowMillis;
    }
}
