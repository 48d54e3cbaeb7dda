package dev.mehari.cli;

import dev.mehari.benchmark.LoadGenerator;
import dev.mehari.benchmark.LoadPlan;
import dev.mehari.benchmark.LoadReport;
import dev.mehari.benchmark.Progress;
import dev.mehari.benchmark.RequestTemplate;
import dev.mehari.benchmark.StressReport;
import dev.mehari.benchmark.StressTest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari benchmark}: puts load on a URL and reports; exit code 1 under 90 % success or from 5 % timeouts. */
@Command(
        name = "benchmark",
        description = "Put load on a URL and measure it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Without --rps each connection sends its next request when the last is answered (closed loop). With --rps",
            "requests are due on a fixed schedule and latency counts from then (open loop).",
            "Exit code 0 when at least 90 %% of the requests succeed (2xx, 3xx) and under 5 %% time out, else 1.",
            "With --stress: 0 when the first step is healthy."
        })
final class BenchmarkCommand implements Callable<Integer> {
    private static final int CLOSED_LOOP_CONNECTIONS = 10;
    private static final int STRESS_CONNECTIONS = 256;
    private static final double STRESS_STEP_SECONDS = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call
    private CommandSpec spec;

    @Mixin
    private final JsonOutput json = new JsonOutput();

    @Mixin
    private final BenchmarkRequest request = new BenchmarkRequest();

    @Option(
            names = "--concurrent",
            description =
                    "Connections (10); with --rps the most open at once (1000); with --stress the last step (256).")
    private @Nullable Integer concurrent;

    @Option(names = "--rps", description = "Requests due per second (open loop).")
    private @Nullable Double rps;

    @Option(names = "--duration", description = "Seconds; overrides --requests; with --stress per step (10; 2).")
    private @Nullable Double durationSeconds;

    @Option(
            names = {"--requests", "--total-requests"},
            description = "Number of requests to send; with --stress per step.")
    private @Nullable Long requests;

    @Option(names = "--timeout", defaultValue = "30", description = "Seconds for a whole answer (${DEFAULT-VALUE}).")
    private double timeoutSeconds;

    @Option(
            names = "--stress",
            description = "Double the connections from 1 until the target fails or only gets slower.")
    private boolean stress;

    @Override
    public Integer call() throws InterruptedException {
        LoadPlan plan;
        RequestTemplate template;
        try {
            plan = plan();
            template = request.template();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        LoadGenerator generator = new LoadGenerator(json.isOn() || stress ? progress -> {} : this::tell);
        return stress ? stress(generator, plan, template) : load(generator, plan, template);
    }

    private int load(LoadGenerator generator, LoadPlan plan, RequestTemplate template) throws InterruptedException {
        LoadReport report = generator.run(plan, template);
        PrintWriter out = spec.commandLine().getOut();
        if (json.isOn()) {
            JsonOutput.print(out, report);
        } else {
            BenchmarkText.report(out, report);
        }
        return report.passed() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int stress(LoadGenerator generator, LoadPlan plan, RequestTemplate template) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (!json.isOn()) {
            out.println(BenchmarkText.stressHead());
        }
        StressTest test =
                new StressTest(connections -> generator.run(plan.withConcurrency(connections), template), step -> {
                    if (!json.isOn()) {
                        out.println(BenchmarkText.stressRow(step));
                        out.flush();
                    }
                });
        StressReport report = test.run(plan.concurrency());
        if (json.isOn()) {
            JsonOutput.print(out, report);
        } else {
            BenchmarkText.stressEnd(out, report);
        }
        return report.passed() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private LoadPlan plan() {
        if (rps != null && rps <= 0) {
            throw new IllegalArgumentException("--rps must be above 0");
        }
        if (requests != null && requests < 1) {
            throw new IllegalArgumentException("--requests must be at least 1");
        }
        if (durationSeconds != null && !(durationSeconds > 0)) {
            throw new IllegalArgumentException("--duration must be above 0");
        }
        if (stress && rps != null) {
            throw new IllegalArgumentException("--stress and --rps exclude each other");
        }
        return new LoadPlan(
                concurrency(),
                rps == null ? 0 : rps,
                duration(),
                requests == null ? 0 : requests,
                seconds(timeoutSeconds),
                request.isStream());
    }

    private int concurrency() {
        if (concurrent != null) {
            return concurrent;
        }
        if (stress) {
            return STRESS_CONNECTIONS;
        }
        return rps == null ? CLOSED_LOOP_CONNECTIONS : LoadPlan.OPEN_LOOP_CONNECTIONS;
    }

    private Duration duration() {
        if (durationSeconds != null) {
            return seconds(durationSeconds);
        }
        return stress && requests == null ? seconds(STRESS_STEP_SECONDS) : Duration.ZERO;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private void tell(Progress progress) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(BenchmarkText.progress(progress));
        err.flush();
    }
}
