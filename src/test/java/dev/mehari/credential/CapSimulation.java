package dev.mehari.credential;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * One credential behind a hidden limit of calls at once that moves, and more demand than it takes. The upstream refuses a
 * call at once (after {@value #REFUSAL_SECONDS} s) when as many are under way as the limit has it then; those it took it
 * finishes. A call that may be sent is sent when another one ends and at no other time. The same seed gives the same run.
 *
 * <p>The oracle knows the limit as it is now, though not as it will be, and has as many calls under way as are taken: one more
 * as soon as one ends or the limit rises. The calls it sends last as long, in order, as those that the cap lets through.
 */
final class CapSimulation {
    private static final double REFUSAL_SECONDS = 0.05;
    /** How often the oracle looks at the limit. */
    private static final double TICK_SECONDS = 0.02;

    /**
     * What came of it.
     *
     * @param goodput calls that succeeded, as a part of the oracle's
     * @param refused calls answered 429, as a part of all
     */
    record Result(double goodput, double refused, long calls) {}

    /** The end of a call. */
    private record End(double at, boolean taken, int underWay, long epoch, double sentAt) {}

    private final DoubleUnaryOperator limit;
    private final ToDoubleFunction<Random> lasts;
    private final long seed;
    private final AdaptiveCap cap = new AdaptiveCap();
    private final PriorityQueue<End> ends = new PriorityQueue<>((a, b) -> Double.compare(a.at(), b.at()));
    private int sent;
    private int taken;

    /**
     * A run that has not begun.
     *
     * @param limit calls at once, by the time in seconds
     * @param lasts a call's time in seconds
     */
    CapSimulation(DoubleUnaryOperator limit, ToDoubleFunction<Random> lasts, long seed) {
        this.limit = limit;
        this.lasts = lasts;
        this.seed = seed;
    }

    Result run(double seconds) {
        Random random = new Random(seed);
        double now = 0;
        long succeeded = 0;
        long refused = 0;
        send(now, random);
        while (now < seconds) {
            End end = ends.remove();
            now = end.at();
            sent--;
            if (end.taken()) {
                taken--;
                succeeded++;
                cap.succeeded(millis(now));
            } else {
                refused++;
                cap.refused(end.underWay(), end.epoch(), millis(end.sentAt()), millis(now));
            }
            send(now, random);
        }
        return new Result((double) succeeded / oracle(seconds), (double) refused / (succeeded + refused), succeeded);
    }

    private void send(double now, Random random) {
        while (sent < cap.cap()) {
            sent++;
            boolean takes = taken < (int) limit.applyAsDouble(now);
            double takesTime = takes ? lasts.applyAsDouble(random) : REFUSAL_SECONDS;
            taken += takes ? 1 : 0;
            ends.add(new End(now + takesTime, takes, sent, cap.sent(sent, millis(now)), now));
        }
    }

    private static long millis(double seconds) {
        return Math.round(1_000 * seconds);
    }

    /** Calls that the oracle has succeed. */
    private long oracle(double seconds) {
        Random random = new Random(seed);
        PriorityQueue<Double> under = new PriorityQueue<>();
        double now = 0;
        double tick = 0;
        long succeeded = 0;
        while (now < seconds) {
            int most = (int) limit.applyAsDouble(now);
            while (under.size() < most) {
                under.add(now + lasts.applyAsDouble(random));
            }
            Double next = under.peek();
            if (next != null && next < tick) {
                now = under.remove();
                succeeded++;
            } else {
                now = tick;
                tick += TICK_SECONDS;
            }
        }
        return succeeded;
    }
}
