package dev.mehari.limits;

import dev.mehari.limits.KeyCounters.Counter;

/**
 * What is used in the window that is current. Windows follow each other without gaps and only move forward, also when the
 * clock steps back. A window of another length begins anew. Not safe for use by several threads.
 */
final class WindowCounter {
    private final long originMillis;
    private long lengthMillis = 1;
    private long number;
    private long used;

    /** @param originMillis when window 0 begins, in milliseconds since 1970 */
    WindowCounter(long originMillis) {
        this.originMillis = originMillis;
    }

    /** Makes the window current that {@code nowMillis} lies in. */
    void moveTo(long nowMillis, long length) {
        long current = Math.floorDiv(nowMillis - originMillis, length);
        if (current > number || (current < number && length != lengthMillis)) {
            number = current;
            used = 0;
        }
        lengthMillis = length;
    }

    /** True when {@code amount} more fit; with nothing to add, when anything would. */
    boolean hasRoom(long amount, long most) {
        return amount == 0 ? used < most : used <= most - amount;
    }

    void add(long amount) {
        used = sum(used, amount);
    }

    /** Corrects what was added in the window {@code then}, if that is still current. */
    void correct(long then, long difference) {
        if (then == number) {
            used = sum(used, difference);
        }
    }

    long number() {
        return number;
    }

    long used() {
        return used;
    }

    /** When the window ends, in milliseconds since 1970. */
    long resetMillis() {
        return (number + 1) * lengthMillis + originMillis;
    }

    /** True when nothing would be lost by forgetting it. */
    boolean isOver(long nowMillis) {
        return used == 0 || resetMillis() <= nowMillis;
    }

    Counter state() {
        return new Counter(number, lengthMillis, used);
    }

    /** Goes on from {@code state} if its window is current, or the next: the clock may have stepped back a little. */
    void restore(Counter state, long nowMillis) {
        moveTo(nowMillis, state.lengthMillis());
        if (state.window() == number || state.window() == number + 1) {
            number = state.window();
            used = state.used();
        }
    }

    /** Of amounts that an upstream may have made up: stays between 0 and the greatest number. */
    static long sum(long used, long difference) {
        long sum = used + difference;
        if (difference > 0 && sum < used) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, sum);
    }
}
