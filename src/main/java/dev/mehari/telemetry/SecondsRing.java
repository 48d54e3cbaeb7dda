package dev.mehari.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts events by second for the last minute. Each slot packs the second (upper half) and its count (lower half) into one
 * long, so that counting is one compare-and-set and nothing has to be cleared. Safe for use by many threads.
 */
final class SecondsRing {
    /** Power of two, above the 60 full seconds that may be asked for plus the running one. */
    private static final int SLOTS = 64;

    private static final long COUNT = 0xffff_ffffL;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    static long secondOf(long nanos) {
        return Math.floorDiv(nanos, NANOS_PER_SECOND);
    }

    void add(long second) {
        int slot = (int) (second & (SLOTS - 1));
        long stamp = second << 32;
        long now;
        long next;
        do {
            now = slots.get(slot);
            next = (now & ~COUNT) == stamp ? now + 1 : stamp | 1;
        } while (!slots.compareAndSet(slot, now, next));
    }

    /** Events in the {@code seconds} (1..60) before {@code second}, which itself is not counted: it is not over. */
    long before(long second, int seconds) {
        long sum = 0;
        for (long s = second - seconds; s < second; s++) {
            long value = slots.get((int) (s & (SLOTS - 1)));
            if ((value & ~COUNT) == s << 32) {
                sum += value & COUNT;
            }
        }
        return sum;
    }

    long in(long second) {
        return before(second + 1, 1);
    }
}
