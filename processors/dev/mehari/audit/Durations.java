package dev.mehari.audit;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A histogram of durations. Bucket 0 is that of 0 ms; bucket {@code n} of those from 2^((n-1)/4) to 2^(n/4) ms, so that a
 * percentile is told within a fifth. There are {@value #BUCKETS} buckets, the last for whatever takes longer than 16 hours.
 */
public final class Durations {
    /** As many as there are. */
    public static final int BUCKETS = 105;

    private static final double PER_DOUBLING = 4;

    private final long[] counts = new long[BUCKETS];
    private final long sumMillis;

    /**
     * What was counted.
     *
     * @param counts by bucket
     * @param sumMillis of all durations
     */
    public Durations(Map<Integer, Long> counts, long sumMillis) {
        counts.forEach((bucket, count) -> this.counts[Math.min(Math.max(bucket, 0), BUCKETS - 1)] += count);
        this.sumMillis = sumMillis;
    }

    /** Calls that were counted. */
    public long calls() {
        return Arrays.stream(counts).sum();
    }

    /** All durations together. */
    public long sumMillis() {
        return sumMillis;
    }

    /** Mean in milliseconds; 0 when there were none. */
    public long mean() {
        long calls = calls();
        return calls == 0 ? 0 : sumMillis / calls;
    }

    /**
     * The longest that {@code share} of the calls have taken, in milliseconds: the end of the bucket that holds it.
     *
     * @param share from 0 to 1
     */
    public long percentile(double share) {
        long wanted = (long) Math.ceil(share * calls());
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (counts[bucket] > 0 && seen >= wanted) {
                return endOf(bucket);
            }
        }
        return 0;
    }

    /** Counts by bucket, empty ones left out. */
    public Map<Integer, Long> counts() {
        Map<Integer, Long> filled = new TreeMap<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (counts[bucket] > 0) {
                filled.put(bucket, counts[bucket]);
            }
        }
        return filled;
    }

    private static long endOf(int bucket) {
        return bucket == 0 ? 0 : Math.round(Math.pow(2, bucket / PER_DOUBLING));
    }
}
