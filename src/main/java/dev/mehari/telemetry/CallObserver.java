package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;

/** Is told of every call. Called on event loops: quick, without blocking, never throwing. */
public interface CallObserver {
    void begun();

    /** Follows {@link #begun} exactly once for each call. */
    void ended(EndedCall call);
}
