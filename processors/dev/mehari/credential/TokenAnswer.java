package dev.mehari.credential;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What came of asking for new tokens. Reasons are in snake case and hold nothing that the other side chose. */
public sealed interface TokenAnswer {
    /** New tokens. */
    record Fresh(TokenStore.Tokens tokens) implements TokenAnswer {}

    /** The grant is worth nothing any more; only a person can get another one. */
    record Refused(String reason) implements TokenAnswer {}

    /**
     * Not now.
     *
     * @param retryAfter how long the other side asks to be left alone; null when it did not say
     */
    record Later(String reason, @Nullable Duration retryAfter) implements TokenAnswer {}

    /** One function for each case. */
    default <T> T fold(Function<Fresh, T> fresh, Function<Refused, T> refused, Function<Later, T> later) {
        if (this instanceof Fresh some) {
            return fresh.apply(some);
        }
        if (this instanceof Refused none) {
            return refused.apply(none);
        }
        return later.apply((Later) this);
    }
}
