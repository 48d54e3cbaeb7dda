package dev.mehari.exchange;

import java.net.InetAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One inbound request, from its head to the last byte of its answer or the loss of its client.
 *
 * <p>Everything that is taken for a request (a permit, a lease, a pooled connection, a timer) is given back through
 * {@link #onEnd} or {@link #beforeLastByte}, which run exactly once on every path: answered, refused, failed, timed out,
 * client gone, shutdown.
 * All methods may be called from any thread; the actions run on the call's {@link #executor()} or on the thread that
 * registers them too late, and must not block.
 */
public interface Call {
    /** The call that {@code exchange} belongs to, or null when the exchange did not come in over HTTP. */
    static @Nullable Call of(Exchange exchange) {
        return (Call) exchange.getProperty(ExchangeKeys.CALL);
    }

    /** Runs {@code action} once when the call has ended, in order of registration; at once if it has ended already. */
    void onEnd(Runnable action);

    /**
     * Runs {@code action} once, just before the end of the answer is written, when everything that the answer says is known;
     * or, where there is no such moment, before the actions of {@link #onEnd}. For what the client may want again
     * as soon as it has the answer.
     */
    default void beforeLastByte(Runnable action) {
        onEnd(action);
    }

    /**
     * Says what to do should the client leave now; replaces what was said before. Runs at once if the client has left
     * already. It runs before the actions of {@link #onEnd}.
     */
    void onClientGone(Runnable action);

    /** Takes {@code action} back if it is still what {@link #onClientGone} would run. */
    void clearClientGone(Runnable action);

    /** True once the client closed its connection before the answer was complete. */
    boolean isClientGone();

    /** The event loop of the client's connection: runs short tasks in order, and timers. Never block it. */
    ScheduledExecutorService executor();

    /**
     * Keeps a waiting streaming client's idle timer from firing: the first time commits the answer's head (200,
     * {@code text/event-stream}), and writes an SSE comment each time. From then on an answer that is not an event stream
     * can reach the client only as an error event (see {@link #onStreamFailure}). Does nothing once the answer has begun.
     */
    void heartbeat();

    /**
     * Says how a failure is told to a client whose event stream has begun: from the failure to the bytes of a whole SSE
     * event, blank line included. Without it the stream just breaks.
     */
    void onStreamFailure(Function<Throwable, byte[]> event);

    /**
     * Ends the call now, because it may not go on: gives up what is being done for it, as if its client had left, and
     * answers with {@code failure}; where the answer has begun, it becomes an error event in an event stream, and a broken
     * answer always. Does nothing once the call has ended.
     */
    void breakOff(Throwable failure);

    /** Address of the other end of the client's connection: the client's own, or its proxy's; null when it is not known. */
    default @Nullable InetAddress clientAddress() {
        return null;
    }

    /**
     * Shows {@code observer} the answer as the client gets it, failures, waiting comments and error events included; one
     * observer at most, and before the answer begins. The actions of {@link #onEnd} come after the last byte was shown.
     */
    default void observeAnswer(AnswerObserver observer) {}

    /** What is known of the answer so far; complete when read in {@link #onEnd}. */
    CallRecord record();
}
