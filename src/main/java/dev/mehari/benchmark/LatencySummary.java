package dev.mehari.benchmark;

import org.HdrHistogram.Histogram;

/** A distribution of times in milliseconds; all zero when {@code count} is. */
public record LatencySummary(
        long count,
        double meanMs,
        double minMs,
        double maxMs,
        double p50Ms,
        double p90Ms,
        double p95Ms,
        double p99Ms,
        double p999Ms) {
    private static final double MICROS_PER_MILLI = 1000;

    /** Summarises a histogram of microseconds. */
    static LatencySummary of(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return new LatencySummary(0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new LatencySummary(
                micros.getTotalCount(),
                micros.getMean() / MICROS_PER_MILLI,
                micros.getMinValue() / MICROS_PER_MILLI,
                micros.getMaxValue() / MICROS_PER_MILLI,
                at(micros, 50),
                at(micros, 90),
                at(micros, 95),
                at(micros, 99),
                at(micros, 99.9));
    }

    private static double at(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }
}
