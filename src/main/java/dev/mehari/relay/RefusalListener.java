package dev.mehari.relay;

import dev.mehari.exchange.Call;
import dev.mehari.failure.MehariFailure;

/** Told of requests that are refused before any route sees them: malformed, too large, at a path that nobody serves. */
@FunctionalInterface
public interface RefusalListener {
    /** {@code call} is about to be answered; its end is told by {@link Call#onEnd}. On the event loop; must not block. */
    void refused(Call call, RefusedRequest request, MehariFailure failure);
}
