package dev.mehari.retry;

import dev.mehari.upstream.Ways;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A try that has failed, as far as the rule has to know it.
 *
 * @param failure why
 * @param tries made so far, this one included
 * @param idempotent asking twice does no more than asking once (RFC 9110, section 9.2.2)
 * @param clientGone nobody waits for the answer any more
 * @param left where else the call could go
 * @param asked how long the upstream asks to wait; null when it does not
 * @param timeLeft until the call's deadline, negative behind it; null when it has none
 */
record FailedTry(
        Throwable failure,
        int tries,
        boolean idempotent,
        boolean clientGone,
        Ways.Left left,
        @Nullable Duration asked,
        @Nullable Duration timeLeft) {}
