package dev.mehari.benchmark;

import java.util.List;

/**
 * What a stress test found.
 *
 * @param steps the runs, in order of growing concurrency
 * @param bestConcurrency connections of the healthy step with the highest throughput; 0 when no step was healthy
 * @param bestRps its answers per second
 * @param end why it stopped, as a sentence
 */
public record StressReport(List<Step> steps, int bestConcurrency, double bestRps, String end) {
    public StressReport {
        steps = List.copyOf(steps);
    }

    /** One run. */
    public record Step(int concurrency, LoadReport report) {}

    /** Returns whether the target was healthy at any step. */
    public boolean passed() {
        return bestConcurrency > 0;
    }
}
