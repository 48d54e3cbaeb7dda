package dev.mehari.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast permits come free, from how long they were held. Not thread-safe.
 *
 * <p>The mean time held {@code S} is weighted by age: a call that ended 10 s ago counts half. With {@code c} permits,
 * all of them busy, {@code c / S} come free per second (Little's law), so the one with {@code a} others ahead waits about
 * {@code (a + 1) * S / c}. Since S is per call and not per second, the forecast holds at once when the number of permits
 * changes.
 *
 * <p>Within {@code t} about {@code m = c * t / S} permits come free, give or take {@code sqrt(m)} as of any count of
 * independent events. A wait is called hopeless only when even {@code m + 2 * sqrt(m) + 1} would not do. With 100 permits
 * and calls of 20 s, m is 25 in 5 s: up to 36 wait, the 37th is told at once. With one permit and calls of 2 s, m is
 * 0.5 in 1 s: two may wait, for who knows how long the one call before them really takes.
 *
 * <p>Nothing is known before the weights add up to 20 calls: neither from a cold start, nor when calls are so long or
 * rare that no rate can be told (at one call per 0.7 s and slower).
 */
final class ServiceRate {
    static final double ENOUGH_CALLS = 20;

    private static final long HALF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Weights are not adjusted more often than this: the power costs more than all the rest. */
    private static final long ADJUST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final double STANDARD_DEVIATIONS = 2;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long SHORTEST_RETRY_SECONDS = 1;
    private static final long LONGEST_RETRY_SECONDS = 60;

    private final double enoughCalls;
    private double calls;
    private double heldNanos;
    private long adjustedNanos;

    ServiceRate(double enoughCalls, long nowNanos) {
        this.enoughCalls = enoughCalls;
        adjustedNanos = nowNanos;
    }

    void ended(long held, long nowNanos) {
        age(nowNanos);
        calls++;
        heldNanos += held;
    }

    void forget() {
        calls = 0;
        heldNanos = 0;
    }

    /** True when one who has {@code ahead} others before it has no reasonable hope of a permit {@code withinNanos}. */
    boolean isHopeless(int ahead, int permits, long withinNanos, long nowNanos) {
        age(nowNanos);
        if (calls < enoughCalls || heldNanos <= 0) {
            return false;
        }
        double free = permits * (double) withinNanos * calls / heldNanos;
        return ahead + 1 > free + STANDARD_DEVIATIONS * Math.sqrt(free) + 1;
    }

    /** When {@code waiting} requests will have been served, in whole seconds from 1 to 60. */
    Duration retryAfter(int waiting, int permits, long fallbackNanos, long nowNanos) {
        age(nowNanos);
        double nanos = calls < enoughCalls ? fallbackNanos : (waiting + 1) * heldNanos / calls / permits;
        long seconds = (long) Math.ceil(nanos / NANOS_PER_SECOND);
        return Duration.ofSeconds(Math.max(SHORTEST_RETRY_SECONDS, Math.min(LONGEST_RETRY_SECONDS, seconds)));
    }

    private void age(long nowNanos) {
        long passed = nowNanos - adjustedNanos;
        if (passed >= ADJUST_NANOS) {
            // StrictMath: the same to the last bit on every machine, so that the simulation's report is.
            double weight = StrictMath.pow(0.5, (double) passed / HALF_LIFE_NANOS);
            calls *= weight;
            heldNanos *= weight;
            adjustedNanos = nowNanos;
        }
    }
}
