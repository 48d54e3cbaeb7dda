package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.CredentialUse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What calls with a credential have shown, on this instance since its start, and since this was last taken out. Guarded by
 * the group's lock.
 */
final class UseCount {
    private long allCalls;
    private long allFailures;
    private long calls;
    private long successes;
    private long failures;
    private long lastUsed;
    private long lastSuccess;
    private long lastFailure;
    private int lastStatus;
    private @Nullable String lastError;

    /** A call that was begun then has ended; they may end in any order. */
    void called(long begunMillis) {
        calls++;
        allCalls++;
        lastUsed = Math.max(lastUsed, begunMillis);
    }

    void succeeded(long nowMillis) {
        successes++;
        lastSuccess = nowMillis;
    }

    void failed(long nowMillis, int status, String error) {
        failures++;
        allFailures++;
        lastFailure = nowMillis;
        lastStatus = status;
        lastError = error;
    }

    /** Calls since the start. */
    long allCalls() {
        return allCalls;
    }

    /** Failures since the start. */
    long allFailures() {
        return allFailures;
    }

    /** Null when there was nothing. */
    @Nullable
    CredentialUse take(long credential) {
        if (calls == 0 && successes == 0 && failures == 0) {
            return null;
        }
        CredentialUse use = new CredentialUse(
                credential,
                calls,
                successes,
                failures,
                at(lastUsed),
                at(lastSuccess),
                at(lastFailure),
                lastStatus,
                lastError);
        calls = 0;
        successes = 0;
        failures = 0;
        lastUsed = 0;
        lastSuccess = 0;
        lastFailure = 0;
        lastStatus = 0;
        lastError = null;
        return use;
    }

    private static @Nullable Instant at(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
