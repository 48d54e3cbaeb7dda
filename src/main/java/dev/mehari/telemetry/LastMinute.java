package dev.mehari.telemetry;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What happened lately.
 *
 * @param calls that ended, by second, the oldest first; the second that runs is left out
 * @param refused of these
 */
public record LastMinute(List<Integer> calls, List<Integer> refused, Latency latency) {
    /**
     * Milliseconds from a request's head to the last byte of its answer, of calls that were not refused and whose client
     * stayed; all 0 when there were none.
     *
     * @param seconds that it is taken over: 60 and a few more, or longer where nobody has looked for a while
     */
    public record Latency(long seconds, long calls, double p50, double p95, double p99, double max) {}

    public LastMinute {
        calls = List.copyOf(calls);
        refused = List.copyOf(refused);
    }

    LastMinute(int[] calls, int[] refused, Latency latency) {
        this(IntStream.of(calls).boxed().toList(), IntStream.of(refused).boxed().toList(), latency);
    }
}
