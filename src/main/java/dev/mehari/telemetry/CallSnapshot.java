package dev.mehari.telemetry;

import java.util.Map;

/**
 * Counts since start, at one moment. {@code total = successful + failed + cancelled}; refusals and timeouts are among the
 * failed.
 *
 * @param total calls that have ended
 * @param refused calls that Mehari said no to
 * @param timeouts calls answered 504
 * @param open calls that have begun and not ended, waiting ones included
 * @param currentRps calls ended per second, over the last full seconds
 * @param successRate successful among successful and failed since start, in percent; 100 before the first
 * @param recentSuccessRate the same over the last minute
 * @param refusals by code, sorted
 */
public record CallSnapshot(
        long total,
        long successful,
        long failed,
        long refused,
        long cancelled,
        long timeouts,
        long open,
        double currentRps,
        double successRate,
        double recentSuccessRate,
        Map<String, Long> refusals,
        Latency latency) {

    /** Milliseconds from a request's head to the last byte of its answer; all 0 when no call has ended. */
    public record Latency(double mean, double p50, double p95, double p99, double min, double max) {
        static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0);
    }
}
