package dev.mehari.cli;

import dev.mehari.benchmark.LatencySummary;
import dev.mehari.benchmark.LoadReport;
import dev.mehari.benchmark.Progress;
import dev.mehari.benchmark.StreamSummary;
import dev.mehari.benchmark.StressReport;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the benchmark prints for people. */
final class BenchmarkText {
    private BenchmarkText() {}

    static String progress(Progress progress) {
        return format(
                "[%3d s] %d answered, %d/s, %d in flight, %d rejected, %d failed, %d timeouts",
                progress.elapsedSeconds(),
                progress.completed(),
                progress.completedLately(),
                progress.inFlight(),
                progress.rejected(),
                progress.failed(),
                progress.timeouts());
    }

    static void report(PrintWriter out, LoadReport report) {
        out.println(format("Total requests:  %d", report.total()));
        out.println(format("Succeeded:       %d", report.succeeded()));
        out.println(format("Rejected:        %d", report.rejected()));
        out.println(format("Failed:          %d", report.failed()));
        out.println(format("Timeouts:        %d", report.timeouts()));
        out.println(format("Success rate:    %.1f %%", report.successRate() * 100));
        out.println(format("RPS:             %.1f", report.rps()));
        out.println(format("Elapsed:         %.2f s", report.elapsedSeconds()));
        distribution(out, "Latency", report.latency());
        StreamSummary streams = report.streams();
        if (streams != null) {
            out.println(format(
                    "Streams:         %d completed, %d broken, %d events",
                    streams.completed(), streams.broken(), streams.events()));
            distribution(out, "First byte", streams.firstByte());
            distribution(out, "First event", streams.firstEvent());
            distribution(out, "Event gap", streams.gap());
        }
        new TreeMap<>(report.errors()).forEach((error, count) -> out.println(format("  %s: %d", error, count)));
        out.flush();
    }

    private static void distribution(PrintWriter out, String name, LatencySummary times) {
        out.println(format(
                "%-17sp50 %.2f ms, p90 %.2f, p95 %.2f, p99 %.2f, p99.9 %.2f; mean %.2f, min %.2f, max %.2f",
                name + ":",
                times.p50Ms(),
                times.p90Ms(),
                times.p95Ms(),
                times.p99Ms(),
                times.p999Ms(),
                times.meanMs(),
                times.minMs(),
                times.maxMs()));
    }

    static String stressHead() {
        return format(
                "%11s %9s %10s %9s %8s %8s %9s %9s %9s %9s",
                "connections",
                "total",
                "succeeded",
                "rejected",
                "failed",
                "timeouts",
                "RPS",
                "p50 ms",
                "p95 ms",
                "p99 ms");
    }

    static String stressRow(StressReport.Step step) {
        LoadReport report = step.report();
        return format(
                "%11d %9d %10d %9d %8d %8d %9.1f %9.2f %9.2f %9.2f",
                step.concurrency(),
                report.total(),
                report.succeeded(),
                report.rejected(),
                report.failed(),
                report.timeouts(),
                report.rps(),
                report.latency().p50Ms(),
                report.latency().p95Ms(),
                report.latency().p99Ms());
    }

    static void stressEnd(PrintWriter out, StressReport stress) {
        out.println(stress.end());
        if (stress.passed()) {
            out.println(format(
                    "Highest healthy throughput: RPS %.1f with %d connections",
                    stress.bestRps(), stress.bestConcurrency()));
        }
        for (StressReport.Step step : stress.steps()) {
            for (Map.Entry<String, Long> error : step.report().errors().entrySet()) {
                out.println(format("  %d connections: %s: %d", step.concurrency(), error.getKey(), error.getValue()));
            }
        }
        out.flush();
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
