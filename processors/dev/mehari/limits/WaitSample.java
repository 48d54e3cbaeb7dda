package dev.mehari.limits;

import java.time.Duration;
import java.util.Arrays;

/** The latest 500 waits. Not safe for use by several threads. */
final class WaitSample {
    private static final int MOST = 500;
    private static final int FIRST = 16;

    private int[] millis = new int[FIRST];
    private long seen;

    void add(long waitedMillis) {
        int size = (int) Math.min(seen, MOST);
        if (size == millis.length && size < MOST) {
            millis = Arrays.copyOf(millis, Math.min(MOST, 2 * size));
        }
        millis[(int) (seen % MOST)] = (int) Math.min(waitedMillis, Integer.MAX_VALUE);
        seen++;
    }

    /** The nearest rank for each of {@code percents} (1 to 100); zero before the first wait. */
    Duration[] percentiles(int... percents) {
        int[] sorted = Arrays.copyOf(millis, (int) Math.min(seen, MOST));
        Arrays.sort(sorted);
        Duration[] found = new Duration[percents.length];
        for (int i = 0; i < percents.length; i++) {
            int rank = (sorted.length * percents[i] + 99) / 100;
            found[i] = Duration.ofMillis(rank == 0 ? 0 : sorted[rank - 1]);
        }
        return found;
    }
}
