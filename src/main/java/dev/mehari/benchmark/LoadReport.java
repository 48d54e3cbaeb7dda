package dev.mehari.benchmark;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param total requests sent, or due and not sent any more; the sum of the next four
 * @param succeeded complete answers with 2xx or 3xx; of streams only those that ended properly
 * @param rejected answers with 429 or 503
 * @param failed other answers, broken connections and broken streams
 * @param timeouts requests without a complete answer in time
 * @param completed requests that were answered, with whatever status
 * @param successRate {@code succeeded / total}, 0 to 1; 0 when nothing was sent
 * @param timeoutRate {@code timeouts / total}, 0 to 1
 * @param rps {@code completed} per second of {@code elapsedSeconds}
 * @param elapsedSeconds wall time from the first request to the end
 * @param latency time from when a request was due to the end of its answer, of succeeded requests
 * @param streams what was seen of streams, or null when none were asked for
 * @param errors how often each kind of error occurred, rejections and timeouts included
 */
public record LoadReport(
        long total,
        long succeeded,
        long rejected,
        long failed,
        long timeouts,
        long completed,
        double successRate,
        double timeoutRate,
        double rps,
        double elapsedSeconds,
        LatencySummary latency,
        @Nullable StreamSummary streams,
        Map<String, Long> errors) {
    private static final double LEAST_SUCCESS_RATE = 0.90;
    private static final double TIMEOUT_RATE_BOUND = 0.05;

    public LoadReport {
        errors = Map.copyOf(new TreeMap<>(errors));
    }

    static LoadReport of(Tally tally, Duration elapsed) {
        long total = tally.total();
        double seconds = elapsed.toNanos() / 1e9;
        return new LoadReport(
                total,
                tally.succeeded(),
                tally.rejected(),
                tally.failed(),
                tally.timeouts(),
                tally.completed(),
                rate(tally.succeeded(), total),
                rate(tally.timeouts(), total),
                seconds > 0 ? tally.completed() / seconds : 0,
                seconds,
                tally.latency(),
                tally.streams(),
                tally.errors());
    }

    private static double rate(long part, long total) {
        return total == 0 ? 0 : (double) part / total;
    }

    /** Returns whether at least 90 % succeeded and less than 5 % timed out. */
    public boolean passed() {
        return successRate >= LEAST_SUCCESS_RATE && timeoutRate < TIMEOUT_RATE_BOUND;
    }
}
