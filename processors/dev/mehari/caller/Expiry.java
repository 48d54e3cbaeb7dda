package dev.mehari.caller;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a key stops to be valid: at a time, or some time after its first use, or never when both are null.
 *
 * @param at fixed by an operator
 * @param afterFirstUse at least 1 s
 */
public record Expiry(@Nullable Instant at, @Nullable Duration afterFirstUse) {
    /** No expiry. */
    public static final Expiry NEVER = new Expiry(null, null);

    public Expiry {
        if (at != null && afterFirstUse != null) {
            throw new IllegalArgumentException("a key expires at a time or after its first use, not both");
        }
    }

    /**
     * The time from which on it is not valid; null while there is none.
     *
     * @param activatedAt its first use; null before
     */
    public @Nullable Instant from(@Nullable Instant activatedAt) {
        return afterFirstUse != null && activatedAt != null ? activatedAt.plus(afterFirstUse) : at;
    }
}
