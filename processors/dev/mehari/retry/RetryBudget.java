package dev.mehari.retry;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often calls may be tried again, all together: within the last {@value #SECONDS} seconds at most a percentage of the
 * calls, and {@value #LEAST} in any case. An upstream that fails under its load then gets little more of it.
 *
 * <p>Calls and retries are counted by second, in rings of {@value #SECONDS} counters, so memory is constant. A counter is a
 * {@code long}: the second it belongs to in its upper half, the count in its lower; whoever finds an older second there starts
 * it over. Counting a call is one compare-and-set; only retries take the lock. Any thread.
 */
public final class RetryBudget {
    static final int SECONDS = 10;
    static final int LEAST = 10;

    private static final long COUNT = 0xffff_ffffL;
    private static final int SECOND_SHIFT = 32;

    private final int percent;
    private final long startNanos;
    private final AtomicLongArray calls = new AtomicLongArray(SECONDS);
    private final AtomicLongArray retries = new AtomicLongArray(SECONDS);

    /**
     * A budget of which nothing is used.
     *
     * @param percent of calls, 0..100; with 0 there are no retries at all
     * @param nowNanos monotonic time
     */
    public RetryBudget(int percent, long nowNanos) {
        this.percent = percent;
        startNanos = nowNanos;
    }

    /** A call begins. */
    void called(long nowNanos) {
        count(calls, second(nowNanos));
    }

    /** Takes one retry; false when there is none to be had now. */
    synchronized boolean take(long nowNanos) {
        long second = second(nowNanos);
        if (percent == 0 || sum(retries, second) >= Math.max(LEAST, sum(calls, second) * percent / 100)) {
            return false;
        }
        count(retries, second);
        return true;
    }

    // The first second is above what an unused counter seems to belong to.
    private long second(long nowNanos) {
        return SECONDS + TimeUnit.NANOSECONDS.toSeconds(Math.max(0, nowNanos - startNanos));
    }

    private static void count(AtomicLongArray ring, long second) {
        int at = (int) (second % SECONDS);
        long before;
        long after;
        do {
            before = ring.get(at);
            // A thread that comes late must not take the counter back to its own second.
            after = before >>> SECOND_SHIFT >= second ? before + 1 : (second << SECOND_SHIFT) + 1;
        } while (!ring.compareAndSet(at, before, after));
    }

    private static long sum(AtomicLongArray ring, long second) {
        long sum = 0;
        for (int i = 0; i < SECONDS; i++) {
            long counter = ring.get(i);
            if (counter >>> SECOND_SHIFT > second - SECONDS) {
                sum += counter & COUNT;
            }
        }
        return sum;
    }
}
