package dev.mehari.credential;

import org.jspecify.annotations.Nullable;

/**
 * What a call asks a group for.
 *
 * @param model by the name that the caller used; null for none
 * @param there the same by the upstream's name; empty for none
 * @param again true when what the call has tried may be tried again
 * @param capped true when what is learnt limits the calls at once
 */
record Ask(@Nullable String model, String there, AttemptLog tried, boolean again, boolean capped, long nowMillis) {
    /** Whether {@code one} may be used for it, as {@link Readiness}. Under the group's lock. */
    long readiness(LiveCredential one) {
        return one.readiness(nowMillis, model, there, capped);
    }

    boolean allows(LiveCredential one) {
        return again || !tried.triedCredential(one.id());
    }
}
