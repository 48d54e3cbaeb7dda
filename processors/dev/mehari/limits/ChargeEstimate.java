package dev.mehari.limits;

import org.jspecify.annotations.Nullable;

/** Guesses what a call will use, from what is known before it is made; any thread, without blocking. */
@FunctionalInterface
public interface ChargeEstimate {
    /**
     * What to reserve.
     *
     * @param model named in the request; null when none is
     * @param requestBytes size of the request's body
     */
    Charge of(@Nullable String model, int requestBytes);
}
