package dev.mehari.admission;

import dev.mehari.failure.GatewayBusy;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks {@link AdmissionGate} for a permit, once. Exactly one of {@link #granted} and {@link #refused} is
 * called if the gate answered {@link Admission.Waiting}, and none if {@link AdmissionGate#cancel} took the waiter out.
 *
 * <p>Both are called outside of the gate's lock, on the thread that returned a permit, ran a timer or changed the limits:
 * hand the work over to a thread of your own and return.
 */
public abstract class Waiter {
    /** Highest priority; the lowest is 0. */
    public static final int HIGHEST_PRIORITY = 9;

    /** For {@code timeoutNanos}: the client said nothing about how long it waits. */
    public static final long NO_TIMEOUT = Long.MAX_VALUE;

    final String key;
    final int priority;
    final long timeoutNanos;

    // Written under the gate's lock.
    long enteredNanos;
    long deadlineNanos;
    volatile boolean waiting;

    @Nullable
    KeyLine line;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    /**
     * @param key between whose waiters the line is fair
     * @param priority 0 to 9, higher first
     * @param timeoutNanos how long the client itself is ready to wait, at least 0; {@link #NO_TIMEOUT} when unknown
     */
    protected Waiter(String key, int priority, long timeoutNanos) {
        if (priority < 0 || priority > HIGHEST_PRIORITY) {
            throw new IllegalArgumentException("a priority is 0 to 9, not " + priority);
        }
        if (timeoutNanos < 0) {
            throw new IllegalArgumentException("a timeout is not negative, as " + timeoutNanos + " ns is");
        }
        this.key = key;
        this.priority = priority;
        this.timeoutNanos = timeoutNanos;
    }

    /** The wait is over: close {@code permit} when the work is done. */
    protected abstract void granted(Permit permit, long waitedNanos);

    /** The wait was in vain. */
    protected abstract void refused(GatewayBusy failure, long waitedNanos);

    /** True from {@link Admission.Waiting} until granted, refused or cancelled. */
    public final boolean isWaiting() {
        return waiting;
    }

    /** When the wait ends at the latest, on the gate's clock; meaningful once the gate answered Waiting. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }
}
