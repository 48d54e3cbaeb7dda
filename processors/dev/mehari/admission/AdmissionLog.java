package dev.mehari.admission;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts what became of those who entered. Not thread-safe: the gate's lock guards it. */
final class AdmissionLog {
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(2);
    private static final int DIGITS = 2;

    long entered;
    long admitted;
    long queueFull;
    long deadlineUnreachable;
    long timedOut;
    long cancelled;
    long shutDown;

    private final Histogram waitMicros = new Histogram(LONGEST_MICROS, DIGITS);

    void admittedAfter(long waitedNanos) {
        admitted++;
        waitMicros.recordValue(Math.max(0, Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(waitedNanos))));
    }

    AdmissionStats snapshot(AdmissionLimits limits, int inUse, int waiting) {
        return new AdmissionStats(
                limits.maxConcurrent(),
                limits.maxQueue(),
                inUse,
                waiting,
                entered,
                admitted,
                queueFull,
                deadlineUnreachable,
                timedOut,
                cancelled,
                shutDown,
                percentile(50),
                percentile(90),
                percentile(99));
    }

    private Duration percentile(double percent) {
        return Duration.of(waitMicros.getValueAtPercentile(percent), ChronoUnit.MICROS);
    }
}
