package dev.mehari.eip.throttle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The window of one correlation key and the exchanges that wait for it, first come first served. Methods hold the lock for
 * some ten nanoseconds and call nothing outside.
 */
final class KeyThrottle {
    /** Answer of a throttle that has been retired: ask its successor. */
    static final long RETIRED = -1;

    private final RollingWindow window;
    private final Deque<Waiter> waiters = new ArrayDeque<>(0);
    private int limit;
    private long wakeAtNanos;
    private boolean wakeSet;
    private boolean retired;

    KeyThrottle(long periodNanos) {
        this.window = new RollingWindow(periodNanos);
    }

    /** The limit last given, 0 at first. */
    synchronized int limit() {
        return limit;
    }

    /** 0: in. {@link #RETIRED}, or else the nanoseconds until one more could be let in. */
    synchronized long tryEnter(long nowNanos, int newLimit) {
        if (retired) {
            return RETIRED;
        }
        limit = newLimit;
        return waiters.isEmpty()
                ? window.tryEnter(nowNanos, newLimit)
                : Math.max(1, window.waitNanos(nowNanos, newLimit));
    }

    /** As {@link #tryEnter}, and {@code waiter} is queued when it is not in and this is not retired. */
    synchronized long enterOrWait(long nowNanos, int newLimit, Waiter waiter) {
        long wait = tryEnter(nowNanos, newLimit);
        if (wait > 0) {
            waiters.add(waiter);
        }
        return wait;
    }

    /** The exchange that has waited longest; null when none waits. */
    synchronized @Nullable Waiter first() {
        return waiters.peekFirst();
    }

    /** Lets {@code first} in if the limit allows it: 0, or the nanoseconds until it does. */
    synchronized long release(Waiter first, long nowNanos, int newLimit) {
        limit = newLimit;
        if (waiters.peekFirst() != first) {
            return 0;
        }
        long wait = window.tryEnter(nowNanos, newLimit);
        if (wait == 0) {
            waiters.removeFirst();
        }
        return wait;
    }

    /** Takes {@code waiter} out of the queue; false when it is no longer there. */
    synchronized boolean remove(Waiter waiter) {
        return waiters.removeFirstOccurrence(waiter);
    }

    synchronized List<Waiter> removeAll() {
        List<Waiter> all = List.copyOf(waiters);
        waiters.clear();
        return all;
    }

    /** Says that someone is to look at the queue at this time; false when someone will do so by then anyway. */
    synchronized boolean wakeAt(long atNanos) {
        if (wakeSet && wakeAtNanos - atNanos <= 0) {
            return false;
        }
        wakeSet = true;
        wakeAtNanos = atNanos;
        return true;
    }

    /** To be called before looking at the queue. */
    synchronized void awake() {
        wakeSet = false;
    }

    /** True, and for good, when this is no different from a new one. */
    synchronized boolean retireIfIdle(long nowNanos) {
        retired = retired || (waiters.isEmpty() && window.isIdle(nowNanos));
        return retired;
    }
}
