package dev.mehari.operator;

import java.time.Duration;

/** Answer to "does this password let me in?". */
public sealed interface Login {
    /** It does; {@code token} is what to show from now on. */
    record Accepted(SessionToken token) implements Login {}

    /** It does not. */
    record WrongPassword() implements Login {}

    /** No password does: none is set. */
    record NoPasswordSet() implements Login {}

    /** Nobody has looked: there were too many attempts; ask again after {@code retryAfter}, at least 1 s. */
    record TooMany(Duration retryAfter) implements Login {}
}
