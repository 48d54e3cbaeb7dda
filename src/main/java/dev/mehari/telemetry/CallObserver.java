package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import org.apache.camel.Exchange;

/** Is told of every call. Called on event loops: quick, without blocking, never throwing. */
public interface CallObserver {
    void begun();

    /** Follows {@link #begun} exactly once for each call. */
    void ended(EndedCall call);

    /** The same, of a call that came as far as the routes; its exchange says what they left there. */
    default void ended(Exchange exchange, EndedCall call) {
        ended(call);
    }
}
