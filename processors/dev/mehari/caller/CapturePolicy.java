package dev.mehari.caller;

import java.time.Instant;

/**
 * Whose bodies are kept of what a key calls. There is none without an end, so that nobody forgets it.
 *
 * @param until none begins from then on
 */
public record CapturePolicy(Scope scope, Instant until) {
    /** Which calls. */
    public enum Scope {
        /** Those that do not succeed: an error status, a broken answer, a refusal, a client that left. */
        ERRORS,
        /** Each. */
        ALL
    }

    public boolean isInForce(Instant now) {
        return until.isAfter(now);
    }
}
