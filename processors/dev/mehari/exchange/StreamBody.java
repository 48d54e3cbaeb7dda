package dev.mehari.exchange;

import java.util.function.Consumer;

/**
 * A live answer body: an upstream's bytes that have not all arrived yet. It is the message body of an exchange whose
 * route has ended long before the stream does. Methods may be called from any thread.
 */
public interface StreamBody {
    /**
     * Tells {@code listener} once how the stream ended; at once if it has. Called on the stream's event loop, before the
     * actions of {@link Call#onEnd}; must not block.
     */
    void onEnd(Consumer<StreamEnd> listener);

    /**
     * Shows {@code observer} every byte of the stream on its way, in order, what has arrived already included. One
     * observer at most. The stream's own listeners of {@link #onEnd} are told after the last byte was shown.
     *
     * @throws IllegalStateException when there is an observer already
     */
    void observe(BodyObserver observer);

    /** Gives the stream up: closes the upstream connection and releases what is buffered. Harmless when it has ended. */
    void discard();
}
