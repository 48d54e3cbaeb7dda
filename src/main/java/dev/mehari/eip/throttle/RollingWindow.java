package dev.mehari.eip.throttle;

/**
 * At most n in any period: the times of what was let in during the last period, in a ring.
 *
 * <p>One more may come at time t when the n-th newest of them lies at least a period back (or there are fewer than n). Only
 * that one entry is looked at, so a decision takes constant time, whatever n is and however it changes: a lower n looks at a
 * younger entry, a higher n at an older one, and entries stay until they are a period old.
 *
 * <p>Memory is 8 bytes for each place in the ring. It starts empty, doubles when everything in it is younger than a period,
 * and never has more places than the highest n of that time. Each entry added removes up to two that are too old, and the
 * ring halves when three quarters are free and it has more than {@value #SMALLEST} places. Not safe for use by several
 * threads.
 */
final class RollingWindow {
    private static final int SMALLEST = 16;

    private final long periodNanos;
    private long[] ring = new long[0];
    private int oldest;
    private int size;

    RollingWindow(long periodNanos) {
        if (periodNanos <= 0) {
            throw new IllegalArgumentException("The period must be positive, was " + periodNanos + " ns");
        }
        this.periodNanos = periodNanos;
    }

    /**
     * Lets one in if the limit allows it.
     *
     * @param limit n, at least 0
     * @return 0 if it is in; else the nanoseconds until it could be, at least 1; {@link Long#MAX_VALUE} for a limit of 0
     */
    long tryEnter(long nowNanos, int limit) {
        long wait = waitNanos(nowNanos, limit);
        if (wait == 0) {
            add(nowNanos, limit);
        }
        return wait;
    }

    /** How long {@link #tryEnter} would have to wait; takes nothing. */
    long waitNanos(long nowNanos, int limit) {
        if (limit <= 0) {
            return Long.MAX_VALUE;
        }
        if (size < limit) {
            return 0;
        }
        long wait = periodNanos - (nowNanos - at(size - limit));
        return Math.max(0, wait);
    }

    /** True when nothing that was let in matters any longer. */
    boolean isIdle(long nowNanos) {
        return size == 0 || hasExpired(at(size - 1), nowNanos);
    }

    int capacity() {
        return ring.length;
    }

    private void add(long nowNanos, int limit) {
        for (int i = 0; i < 2 && size > 0 && hasExpired(at(0), nowNanos); i++) {
            oldest = wrap(oldest + 1);
            size--;
        }
        if (size == ring.length) {
            resize((int) Math.max(size + 1L, Math.min(limit, Math.max(SMALLEST, size * 2L))));
        } else if (size < ring.length / 4 && ring.length > SMALLEST) {
            resize(Math.max(SMALLEST, ring.length / 2));
        }
        ring[wrap(oldest + size)] = nowNanos;
        size++;
    }

    private void resize(int capacity) {
        long[] resized = new long[capacity];
        for (int i = 0; i < size; i++) {
            resized[i] = at(i);
        }
        ring = resized;
        oldest = 0;
    }

    private boolean hasExpired(long entered, long nowNanos) {
        return nowNanos - entered >= periodNanos;
    }

    private long at(int index) {
        return ring[wrap(oldest + index)];
    }

    /** {@code index} is less than twice the capacity; an overflowing sum of two ints is below it. */
    private int wrap(int index) {
        int beyond = index - ring.length;
        return beyond >= 0 ? beyond : index;
    }
}
