package dev.mehari.credential;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * One credential behind a hidden limit of calls at once that moves, and more demand than it takes. The upstream refuses a
 * call at once (after {@value #REFUSAL_SECONDS} s) when as many are under way as the limit has it then; those it took it
 * finishes. An oracle that knows the limit has exactly that many under way all the time. The same seed gives the same run.
 */
final class CapSimulation {
    private static final double REFUSAL_SECONDS = 0.05;

    /** What came of it. */
    record Result(double goodput, double refused, double meanCap) {}

    /** The end of a call. */
    private record End(double at, boolean taken, int underWay, long epoch) {}

    private final DoubleUnaryOperator limit;
    private final double meanSeconds;
    private final Random random;
    private final AdaptiveCap cap = new AdaptiveCap();
    private final PriorityQueue<End> ends = new PriorityQueue<>((a, b) -> Double.compare(a.at(), b.at()));
    private int sent;
    private int taken;

    /**
     * A run that has not begun.
     *
     * @param limit calls at once, by the time in seconds
     * @param meanSeconds of a call; its time is exponential
     */
    CapSimulation(DoubleUnaryOperator limit, double meanSeconds, long seed) {
        this.limit = limit;
        this.meanSeconds = meanSeconds;
        random = new Random(seed);
    }

    Result run(double seconds) {
        double now = 0;
        long succeeded = 0;
        long refused = 0;
        double oracle = 0;
        double caps = 0;
        send(now);
        while (now < seconds) {
            End end = ends.remove();
            oracle += (end.at() - now) * Math.floor(limit.applyAsDouble(now)) / meanSeconds;
            caps += (end.at() - now) * cap.cap();
            now = end.at();
            sent--;
            if (end.taken()) {
                taken--;
                succeeded++;
                cap.succeeded(end.underWay(), end.epoch());
            } else {
                refused++;
                cap.refused(end.underWay(), end.epoch());
            }
            send(now);
        }
        return new Result(succeeded / oracle, (double) refused / (succeeded + refused), caps / now);
    }

    private void send(double now) {
        while (sent < cap.cap()) {
            sent++;
            boolean takes = taken < (int) limit.applyAsDouble(now);
            double takesTime = takes ? -meanSeconds * Math.log(1 - random.nextDouble()) : REFUSAL_SECONDS;
            taken += takes ? 1 : 0;
            ends.add(new End(now + takesTime, takes, sent, cap.epoch()));
        }
    }
}
