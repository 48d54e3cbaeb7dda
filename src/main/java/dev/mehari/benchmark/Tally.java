package dev.mehari.benchmark;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts outcomes and times of one run. One thread. */
final class Tally {
    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    private final boolean stream;
    private final Histogram latency = histogram();
    private final Histogram firstByte = histogram();
    private final Histogram firstEvent = histogram();
    private final Histogram gap = histogram();
    private final Map<String, Long> errors = new TreeMap<>();
    private long succeeded;
    private long rejected;
    private long failed;
    private long timeouts;
    private long completed;
    private long streamsCompleted;
    private long streamsBroken;
    private long events;

    Tally(boolean stream) {
        this.stream = stream;
    }

    private static Histogram histogram() {
        Histogram histogram = new Histogram(1, LONGEST_MICROS, DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }

    /** Counts a complete answer; {@code latencyNanos} counts from when the request was due. */
    void answered(int status, long latencyNanos) {
        completed++;
        if (status >= 200 && status < 400) {
            succeeded++;
            record(latency, latencyNanos);
            streamsCompleted += stream ? 1 : 0;
        } else if (status == 429 || status == 503) {
            rejected++;
            count("HTTP " + status);
        } else {
            failed++;
            count("HTTP " + status);
        }
    }

    /** Counts a request without a usable answer, of which no byte came. */
    void failed(String error) {
        failed++;
        count(error);
    }

    /** Counts a stream that began and did not end as it should. */
    void streamBroken(String error) {
        failed++;
        streamsBroken++;
        count(error);
    }

    /** Counts a request that had no complete answer in time. */
    void timedOut(boolean streamBegun) {
        timeouts++;
        streamsBroken += streamBegun ? 1 : 0;
        count("timeout");
    }

    void firstByte(long nanos) {
        record(firstByte, nanos);
    }

    void firstEvent(long nanos) {
        events++;
        record(firstEvent, nanos);
    }

    void laterEvent(long gapNanos) {
        events++;
        record(gap, gapNanos);
    }

    private void count(String error) {
        errors.merge(error, 1L, Long::sum);
    }

    private static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, nanos / 1000));
    }

    long total() {
        return succeeded + rejected + failed + timeouts;
    }

    long succeeded() {
        return succeeded;
    }

    long rejected() {
        return rejected;
    }

    long failed() {
        return failed;
    }

    long timeouts() {
        return timeouts;
    }

    long completed() {
        return completed;
    }

    Map<String, Long> errors() {
        return errors;
    }

    LatencySummary latency() {
        return LatencySummary.of(latency);
    }

    @Nullable
    StreamSummary streams() {
        if (!stream) {
            return null;
        }
        return new StreamSummary(
                streamsCompleted,
                streamsBroken,
                events,
                LatencySummary.of(firstByte),
                LatencySummary.of(firstEvent),
                LatencySummary.of(gap));
    }
}
