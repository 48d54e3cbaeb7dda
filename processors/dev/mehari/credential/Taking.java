package dev.mehari.credential;

import java.time.Duration;
import java.util.function.Function;

/** Answer to "with what may this call be tried now?". */
public sealed interface Taking {
    /** With this; it is to be ended exactly once. */
    record Taken(Attempt attempt) implements Taking {}

    /** All that the call could use have as many calls under way as they may, or will be usable in a moment. */
    record Busy() implements Taking {
        static final Busy INSTANCE = new Busy();
    }

    /** Nothing is usable; the first may be again after {@code retryAfter}, at least 1 s. */
    record None(Duration retryAfter) implements Taking {}

    /** What is to be done in each case. */
    default <T> T fold(Function<Attempt, T> taken, Function<Busy, T> busy, Function<Duration, T> none) {
        if (this instanceof Taken one) {
            return taken.apply(one.attempt());
        }
        return this instanceof None nothing ? none.apply(nothing.retryAfter()) : busy.apply(Busy.INSTANCE);
    }
}
