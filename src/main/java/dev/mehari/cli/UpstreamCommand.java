package dev.mehari.cli;

import dev.mehari.simulator.Faults;
import dev.mehari.simulator.Pace;
import dev.mehari.simulator.SimulatedUpstream;
import dev.mehari.simulator.SimulatorSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mehari upstream}: runs the simulated LLM API until it is stopped. */
@Command(
        name = "upstream",
        description = "Run a simulated LLM API (OpenAI and Anthropic), for trying out and for tests.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A request can ask for its own behaviour with the headers X-Sim-Status, X-Sim-Fail-Times (with X-Sim-Id),",
            "X-Sim-Retry-After, X-Sim-Latency, X-Sim-Tokens-Per-Second, X-Sim-Sse-Events, X-Sim-Sse-Interval,",
            "X-Sim-Cut-After and X-Sim-Error-After. GET /sim/stats tells what it has seen; /sim/echo answers the request."
        })
final class UpstreamCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call
    private CommandSpec spec;

    @Mixin
    private final JsonOutput json = new JsonOutput();

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "8089", description = "Port; 0 takes a free one (${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--latency", defaultValue = "0", description = "Median ms until the first byte (${DEFAULT-VALUE}).")
    private long latencyMillis;

    @Option(
            names = "--latency-spread",
            defaultValue = "0",
            description = "Log-normal spread of the latency; 0.5 puts p99 at 3.2 times the median (${DEFAULT-VALUE}).")
    private double latencySpread;

    @Option(
            names = "--tokens-per-second",
            defaultValue = "0",
            description = "Speed of text after the first token; 0 is at once (${DEFAULT-VALUE}).")
    private double tokensPerSecond;

    @Option(
            names = "--sse-events",
            defaultValue = "0",
            description = "Text events of a stream; 0 leaves it to the text (${DEFAULT-VALUE}).")
    private int sseEvents;

    @Option(
            names = "--sse-interval",
            defaultValue = "0",
            description = "Ms between text events; 0 leaves it to --tokens-per-second (${DEFAULT-VALUE}).")
    private long sseIntervalMillis;

    @Option(names = "--fail-rate", description = "Share of requests that fail, 0 to 1 (0, or 1 with --status).")
    private @Nullable Double failRate;

    @Option(names = "--status", description = "Status of failures, 400 to 599 (500). 200 fails nothing.")
    private @Nullable Integer status;

    @Option(
            names = "--rate-limit",
            defaultValue = "0",
            description = "Requests per API key and window before 429; 0 is no limit (${DEFAULT-VALUE}).")
    private int rateLimit;

    @Option(names = "--rate-window", defaultValue = "60", description = "Seconds of that window (${DEFAULT-VALUE}).")
    private double rateWindowSeconds;

    @Option(names = "--threads", defaultValue = "1", description = "Event loops (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--seed", defaultValue = "1", description = "Start of the random sequence (${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() throws InterruptedException {
        SimulatorSettings settings = settings();
        SimulatedUpstream upstream;
        try {
            upstream = SimulatedUpstream.start(settings);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // Netty rethrows a BindException unchecked
            throw new IllegalStateException(
                    "Cannot listen on " + host + ":" + port + ": " + e.getMessage() + ". Choose another --port.", e);
        }
        try (upstream) {
            announce(upstream, spec.commandLine().getOut());
            upstream.awaitClose();
        }
        return ExitCode.DONE;
    }

    private SimulatorSettings settings() {
        try {
            Pace pace = new Pace(
                    Duration.ofMillis(latencyMillis),
                    latencySpread,
                    tokensPerSecond,
                    sseEvents,
                    Duration.ofMillis(sseIntervalMillis));
            return new SimulatorSettings(host, port, threads, seed, pace, faults());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "Wrong option: " + e.getMessage(), e);
        }
    }

    private Faults faults() {
        boolean fails = status != null && status != 200;
        double rate = failRate == null ? (fails ? 1 : 0) : failRate;
        return new Faults(
                rate,
                status != null && fails ? status : Faults.NONE.status(),
                rateLimit,
                Duration.ofMillis(Math.round(rateWindowSeconds * 1000)));
    }

    private void announce(SimulatedUpstream upstream, PrintWriter out) {
        if (json.isOn()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("url", upstream.uri().toString());
            document.put("port", upstream.port());
            JsonOutput.print(out, document);
            return;
        }
        out.println("Simulated upstream on " + upstream.uri());
        out.println("  curl " + upstream.uri() + "/v1/chat/completions -H 'content-type: application/json' \\");
        out.println("    -d '{\"model\":\"sim-small\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
        out.flush();
    }
}
