package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts calls since start, their rate now and their latency. Counting takes no lock and well under a microsecond; reading
 * merges what has been counted and is meant for a person or a scraper. Latencies are those of calls that an upstream was
 * asked for and whose client stayed, to two digits, up to an hour.
 */
public final class CallMetrics implements CallObserver {
    /** Full seconds that the rate is taken over: even at a low rate, and 0 within 5 s after the last call. */
    private static final int RATE_SECONDS = 4;

    private static final int HEALTH_SECONDS = 60;
    private static final int MINUTE = 60;
    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 2;

    private final LongSupplier nanos;
    private final long firstFullSecond;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder successful = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final SecondsRing endedBySecond = new SecondsRing();
    private final SecondsRing successfulBySecond = new SecondsRing();
    private final SecondsRing failedBySecond = new SecondsRing();
    private final Recorder latency = new Recorder(LONGEST_MICROS, DIGITS);
    private final SecondsRing refusedBySecond = new SecondsRing();
    private final LatestLatencies latestLatencies = new LatestLatencies();
    private final Histogram latencySoFar = new Histogram(LONGEST_MICROS, DIGITS);

    /** Counts from now on, by {@code nanos}, which is read as {@link System#nanoTime()}. */
    public CallMetrics(LongSupplier nanos) {
        this.nanos = nanos;
        this.firstFullSecond = SecondsRing.secondOf(nanos.getAsLong()) + 1;
    }

    @Override
    public void begun() {
        begun.increment();
    }

    @Override
    public void ended(EndedCall call) {
        long second = secondNow();
        switch (call.outcome()) {
            case SUCCESS -> {
                successful.increment();
                successfulBySecond.add(second);
            }
            case FAILURE -> {
                failed.increment();
                failedNow(call, second);
            }
            case REFUSED -> {
                failed.increment();
                refused.increment();
                refusedBySecond.add(second);
                failedNow(call, second);
            }
            case CANCELLED -> cancelled.increment();
        }
        if (call.isTimeout()) {
            timeouts.increment();
        }
        if (call.failure() != null && call.failure().refusal()) {
            refusals.computeIfAbsent(call.failure().code(), code -> new LongAdder())
                    .increment();
        } else if (call.outcome() != EndedCall.Outcome.CANCELLED) {
            latency.recordValue(Math.min(call.durationNanos() / 1_000, LONGEST_MICROS));
        }
        endedBySecond.add(second);
        ended.increment();
    }

    /** A caller's own fault says nothing about how the gateway is. */
    private void failedNow(EndedCall call, long second) {
        int status = call.record().status();
        if (status < 400 || status >= 500) {
            failedBySecond.add(second);
        }
    }

    /** Calls that have ended since start; cheap. */
    public long endedSoFar() {
        return ended.sum();
    }

    /** Those among them that Mehari said no to; cheap. */
    public long refusedSoFar() {
        return refused.sum();
    }

    /** What has been counted so far. */
    public CallSnapshot snapshot() {
        long now = secondNow();
        long over = ended.sum();
        long good = successful.sum();
        long bad = failed.sum();
        Map<String, Long> byReason = new TreeMap<>();
        refusals.forEach((code, count) -> byReason.put(code, count.sum()));
        return new CallSnapshot(
                over,
                good,
                bad,
                refused.sum(),
                cancelled.sum(),
                timeouts.sum(),
                Math.max(0, begun.sum() - over),
                rate(now),
                percentOf(good, bad),
                recentSuccessRate(now),
                byReason,
                latencies(now));
    }

    /** The last 60 full seconds. */
    public LastMinute lastMinute() {
        long now = secondNow();
        int[] calls = new int[MINUTE];
        int[] no = new int[MINUTE];
        for (int i = 0; i < MINUTE; i++) {
            calls[i] = (int) endedBySecond.in(now - MINUTE + i);
            no[i] = (int) refusedBySecond.in(now - MINUTE + i);
        }
        synchronized (latencySoFar) {
            takeLatencies(now);
            return new LastMinute(calls, no, latestLatencies.over(now));
        }
    }

    private double rate(long now) {
        long seconds = Math.min(RATE_SECONDS, now - firstFullSecond);
        return seconds <= 0 ? 0 : endedBySecond.before(now, (int) seconds) / (double) seconds;
    }

    private double recentSuccessRate(long now) {
        return percentOf(
                successfulBySecond.before(now, HEALTH_SECONDS) + successfulBySecond.in(now),
                failedBySecond.before(now, HEALTH_SECONDS) + failedBySecond.in(now));
    }

    private static double percentOf(long good, long bad) {
        return good + bad == 0 ? 100 : 100.0 * good / (good + bad);
    }

    /** Holding the lock of the sum. */
    private void takeLatencies(long now) {
        Histogram latest = latency.getIntervalHistogram();
        latencySoFar.add(latest);
        latestLatencies.add(latest, now);
    }

    private CallSnapshot.Latency latencies(long now) {
        synchronized (latencySoFar) {
            takeLatencies(now);
            return latencySoFar.getTotalCount() == 0
                    ? CallSnapshot.Latency.NONE
                    : new CallSnapshot.Latency(
                            millis(Math.round(latencySoFar.getMean())),
                            millis(latencySoFar.getValueAtPercentile(50)),
                            millis(latencySoFar.getValueAtPercentile(95)),
                            millis(latencySoFar.getValueAtPercentile(99)),
                            millis(latencySoFar.getMinValue()),
                            millis(latencySoFar.getMaxValue()));
        }
    }

    private static double millis(long micros) {
        return micros / 1000.0;
    }

    private long secondNow() {
        return SecondsRing.secondOf(nanos.getAsLong());
    }
}
