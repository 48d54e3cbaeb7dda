package dev.mehari.credential;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;

/** Hidden limits by the time in seconds, for a seed, and how long calls last. */
final class CapShapes {
    static final int SECONDS = 1_200;
    private static final double SIGMA = 1.5;

    private CapShapes() {}

    /** Those that the cap's law was chosen with. */
    static Map<String, LongFunction<DoubleUnaryOperator>> known() {
        Map<String, LongFunction<DoubleUnaryOperator>> shapes = new LinkedHashMap<>();
        shapes.put("still at 3", seed -> t -> 3);
        shapes.put("still at 20", seed -> t -> 20);
        shapes.put("still at 200", seed -> t -> 200);
        shapes.put("steps 40, 15, 60, each 200 s", seed -> t -> new double[] {40, 15, 60}[(int) (t / 200) % 3]);
        shapes.put("drift 20 to 60, period 600 s", seed -> t -> 40 + 20 * Math.sin(2 * Math.PI * t / 600));
        shapes.put("sawtooth 10 to 50, then down, 300 s", seed -> t -> 10 + 40 * (t % 300) / 300);
        shapes.put("sawtooth 50 to 10, then up, 300 s", seed -> t -> 50 - 40 * (t % 300) / 300);
        return shapes;
    }

    /** Those that were made once it had been chosen. */
    static Map<String, LongFunction<DoubleUnaryOperator>> heldOut() {
        Map<String, LongFunction<DoubleUnaryOperator>> shapes = new LinkedHashMap<>();
        shapes.put("still at 11", seed -> t -> 11);
        shapes.put("still at 110", seed -> t -> 110);
        shapes.put("steps 25, 50, 12, 35, each 130 s", seed -> t -> new double[] {25, 50, 12, 35}[(int) (t / 130) % 4]);
        shapes.put("triangle 20 to 80, period 500 s", seed -> t -> 20 + 60 * Math.abs(1 - (t % 500) / 250));
        shapes.put("sawtooth 30 to 60, then down, 240 s", seed -> t -> 30 + 30 * (t % 240) / 240);
        shapes.put("sawtooth 60 to 30, then up, 240 s", seed -> t -> 60 - 30 * (t % 240) / 240);
        shapes.put(
                "two drifts, 15 to 65, periods 700 s and 190 s",
                seed -> t -> 40 + 15 * Math.sin(2 * Math.PI * t / 700) + 10 * Math.sin(2 * Math.PI * t / 190));
        shapes.put("50, and 20 for 30 s of each 300 s", seed -> t -> t % 300 < 30 ? 20 : 50);
        shapes.put("any of 10 to 70, for 150 s on average", CapShapes::randomSteps);
        shapes.put("others share it: 35, deviation 4 over 60 s", CapShapes::shared);
        return shapes;
    }

    private static DoubleUnaryOperator randomSteps(long seed) {
        Random random = new Random(seed);
        double[] at = new double[2 * SECONDS];
        double is = 30;
        for (int i = 0; i < at.length; i++) {
            if (random.nextDouble() < 1.0 / 150) {
                is = 10 + 60 * random.nextDouble();
            }
            at[i] = is;
        }
        return t -> at[(int) Math.min(t, at.length - 1)];
    }

    /** Ornstein-Uhlenbeck. */
    private static DoubleUnaryOperator shared(long seed) {
        Random random = new Random(seed);
        double[] at = new double[2 * SECONDS];
        double off = 0;
        for (int i = 0; i < at.length; i++) {
            off += -off / 60 + 4 * Math.sqrt(2.0 / 60) * random.nextGaussian();
            at[i] = Math.max(5, 35 + off);
        }
        return t -> at[(int) Math.min(t, at.length - 1)];
    }

    static ToDoubleFunction<Random> exponential(double mean) {
        return random -> -mean * Math.log(1 - random.nextDouble());
    }

    /** Most are short, some very long: the median is a third of the mean, one in a hundred lasts more than ten times it. */
    static ToDoubleFunction<Random> logNormal(double mean) {
        return random -> mean * Math.exp(SIGMA * random.nextGaussian() - SIGMA * SIGMA / 2);
    }
}
