package dev.mehari.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.simulator.Faults;
import dev.mehari.simulator.SimulatedUpstream;
import dev.mehari.simulator.SimulatorSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchmarkCommandIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private SimulatedUpstream upstream;

    @BeforeEach
    void start() {
        upstream = SimulatedUpstream.start();
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private int benchmark(String... options) {
        return benchmarkOf(upstream, options);
    }

    private int benchmarkOf(SimulatedUpstream target, String... options) {
        List<String> args = new ArrayList<>(List.of("benchmark", "--url", target.uri() + "/v1/chat/completions"));
        args.addAll(List.of(options));
        return execute(args.toArray(String[]::new));
    }

    private static List<String> words(String options) {
        return List.of(options.split(" ", -1));
    }

    private int execute(String... args) {
        CommandLine command = Mehari.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    // row 42
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--concurrent 10 --duration 0.5",
                "--rps 20 --duration 0.5",
                "--requests 100",
                "--stress --requests 20 --concurrent 4"
            })
    void prints_totals_rejections_rate_and_percentiles(String options) {
        int exit = benchmark(words(options).toArray(String[]::new));

        assertThat(exit).isZero();
        assertThat(out.toString().toLowerCase(Locale.ROOT))
                .contains("total")
                .contains("rejected")
                .contains("rps")
                .contains("p50")
                .contains("p95")
                .contains("p99");
    }

    // row 42
    @Test
    void sends_exactly_the_requests_asked_for() {
        benchmark("--requests", "100");

        assertThat(upstream.stats().requests()).isEqualTo(100);
        assertThat(upstream.stats().succeeded()).isEqualTo(100);
    }

    // row 43
    @Test
    void all_429_is_a_success_rate_of_zero_and_exit_1() throws Exception {
        try (SimulatedUpstream rejecting =
                SimulatedUpstream.start(SimulatorSettings.DEFAULT.withFaults(Faults.always(429)))) {
            int exit = benchmarkOf(rejecting, "--requests", "20", "--json");

            JsonNode report = new ObjectMapper().readTree(out.toString());
            assertThat(exit).isEqualTo(1);
            assertThat(report.get("successRate").doubleValue()).isZero();
            assertThat(report.get("rejected").intValue()).isEqualTo(20);
        }
    }

    // row 43
    @Test
    void exit_code_follows_the_success_rate() {
        assertThat(benchmark("--requests", "100")).isZero();
        assertThat(withFailures(10)).isZero();
        assertThat(withFailures(15)).isEqualTo(1);
    }

    private int withFailures(int failures) {
        return benchmark(
                "--requests",
                "100",
                "--header",
                "X-Sim-Status: 500",
                "--header",
                "X-Sim-Fail-Times: " + failures,
                "--header",
                "X-Sim-Id: " + failures);
    }

    // row 43
    @Test
    void rate_is_answers_by_wall_time() throws Exception {
        benchmark("--requests", "50", "--rps", "100", "--json");

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("elapsedSeconds").doubleValue()).isGreaterThanOrEqualTo(0.5);
        assertThat(report.get("rps").doubleValue()
                        * report.get("elapsedSeconds").doubleValue())
                .isBetween(49.99, 50.01);
    }

    // row 43
    @Test
    void duration_overrides_requests_and_total_requests_is_another_name() {
        benchmark("--total-requests", "7");
        assertThat(upstream.stats().requests()).isEqualTo(7);

        benchmark("--duration", "0.3", "--requests", "1", "--header", "X-Sim-Latency: 10");
        assertThat(upstream.stats().requests()).isGreaterThan(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--concurrent 0", "--rps -1", "--duration 0", "--requests 0", "--timeout x", "--bogus"})
    void wrong_use_is_exit_2_with_a_reason(String options) {
        List<String> words = words(options);
        int exit = benchmark(words.toArray(String[]::new));

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).startsWith("mehari: ").contains(words.get(0));
        assertThat(upstream.stats().requests()).isZero();
    }

    @Test
    void an_address_that_cannot_be_loaded_is_exit_2_and_one_that_is_dead_exit_1() {
        assertThat(execute("benchmark", "--url", "not a url")).isEqualTo(2);
        assertThat(execute("benchmark", "--url", "ftp://host/")).isEqualTo(2);
        String dead = upstream.uri().toString();
        upstream.close();
        assertThat(execute("benchmark", "--url", dead)).isEqualTo(1);
        assertThat(err.toString()).contains("Cannot connect to 127.0.0.1");
    }

    @Test
    void sends_key_headers_and_body_as_given() {
        execute(
                "benchmark",
                "--url",
                upstream.uri() + "/v1/embeddings",
                "--key",
                "secret",
                "--requests",
                "2",
                "--body",
                "{\"model\":\"m\",\"input\":[\"a\",\"b\"]}");
        execute("benchmark", "--url", upstream.uri() + "/v1/models", "--requests", "2");

        assertThat(upstream.stats().succeeded()).isEqualTo(4);
    }

    @Test
    void root_without_a_command_is_wrong_use() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).contains("benchmark").contains("upstream");
        assertThat(execute("--version")).isZero();
        assertThat(execute("benchmark", "--help")).isZero();
    }
}
