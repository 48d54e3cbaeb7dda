package dev.mehari.caller;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as kept.
 *
 * @param enabled false refuses it
 * @param expiresAt refused from then on; null for never
 */
public record StoredKey(
        KeyHash hash,
        Caller caller,
        boolean enabled,
        @Nullable Instant expiresAt) {
    boolean isExpired(long nowMillis) {
        return expiresAt != null && expiresAt.toEpochMilli() <= nowMillis;
    }
}
