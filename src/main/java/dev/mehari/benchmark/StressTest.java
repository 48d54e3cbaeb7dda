package dev.mehari.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Doubles the number of connections from 1 until the target fails (a step does not pass), or its knee is behind it (twice
 * the connections bring less than a tenth more throughput and at least twice the 99th percentile), or the most is reached.
 */
public final class StressTest {
    private static final double LEAST_GAIN = 1.10;
    private static final double KNEE_LATENCY = 2.0;

    private final Runner runner;
    private final Consumer<StressReport.Step> listener;

    /** Makes one step; {@link LoadGenerator#run} in life. */
    @FunctionalInterface
    public interface Runner {
        /** Returns what came of so many connections. */
        LoadReport run(int concurrency) throws InterruptedException;
    }

    /** Creates a test that tells {@code listener} of every step. */
    public StressTest(Runner runner, Consumer<StressReport.Step> listener) {
        this.runner = runner;
        this.listener = listener;
    }

    /** Runs with 1, 2, 4, ... connections up to {@code most}. */
    public StressReport run(int most) throws InterruptedException {
        List<StressReport.Step> steps = new ArrayList<>();
        StressReport.Step best = null;
        for (int concurrency = 1; ; concurrency = (int) Math.min(most, concurrency * 2L)) {
            StressReport.Step step = new StressReport.Step(concurrency, runner.run(concurrency));
            steps.add(step);
            listener.accept(step);
            if (!step.report().passed()) {
                return report(steps, best, "Stopped at " + concurrency + " connections: the target fails.");
            }
            if (best != null && isPastKnee(best.report(), step.report())) {
                return report(steps, best, "Stopped at " + concurrency + " connections: only latency grows.");
            }
            if (best == null || step.report().rps() > best.report().rps()) {
                best = step;
            }
            if (concurrency == most) {
                return report(steps, best, "Stopped at the most connections allowed; the target held.");
            }
        }
    }

    private static boolean isPastKnee(LoadReport best, LoadReport step) {
        return step.rps() < best.rps() * LEAST_GAIN
                && step.latency().p99Ms() >= best.latency().p99Ms() * KNEE_LATENCY;
    }

    private static StressReport report(List<StressReport.Step> steps, StressReport.@Nullable Step best, String end) {
        return best == null
                ? new StressReport(steps, 0, 0, end)
                : new StressReport(steps, best.concurrency(), best.report().rps(), end);
    }
}
