package dev.mehari.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.simulator.SimulatedUpstream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorIT {
    private final LoadGenerator generator = new LoadGenerator(progress -> {});
    private SimulatedUpstream upstream;

    @BeforeEach
    void start() {
        upstream = SimulatedUpstream.start();
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private RequestTemplate chat(boolean stream, Map<String, String> headers) {
        String path = "/v1/chat/completions";
        return RequestTemplate.of(
                upstream.uri().resolve(path),
                "POST",
                headers,
                SampleRequests.bodyFor(path, stream).orElseThrow());
    }

    private static LoadPlan plan(int concurrency, double rps, long requests, Duration timeout, boolean stream) {
        return new LoadPlan(concurrency, rps, Duration.ZERO, requests, timeout, stream);
    }

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void open_loop_counts_latency_from_when_a_request_was_due() throws InterruptedException {
        // One connection at 50 ms an answer carries 20 requests a second; 100 a second are due.
        LoadReport report = generator.run(plan(1, 100, 10, LONG, false), chat(false, Map.of("X-Sim-Latency", "50")));

        assertThat(report.succeeded()).isEqualTo(10);
        assertThat(report.latency().maxMs()).isGreaterThan(400);
        assertThat(report.latency().minMs()).isBetween(49.0, 400.0);
    }

    @Test
    void open_loop_keeps_its_schedule_when_answers_are_slow() throws InterruptedException {
        LoadReport report = generator.run(plan(100, 100, 20, LONG, false), chat(false, Map.of("X-Sim-Latency", "200")));

        assertThat(upstream.stats().inFlightPeak()).isGreaterThan(5);
        assertThat(report.succeeded()).isEqualTo(20);
        assertThat(report.elapsedSeconds()).isGreaterThan(0.19);
    }

    @Test
    void late_answers_are_timeouts_and_end_their_connection() throws InterruptedException {
        LoadReport report = generator.run(
                plan(4, 0, 6, Duration.ofMillis(100), false), chat(false, Map.of("X-Sim-Latency", "60000")));

        assertThat(report.timeouts()).isEqualTo(6);
        assertThat(report.total()).isEqualTo(6);
        assertThat(report.completed()).isZero();
        assertThat(report.passed()).isFalse();
    }

    @Test
    void times_the_events_of_streams() throws InterruptedException {
        LoadReport report = generator.run(
                plan(3, 0, 6, LONG, true),
                chat(true, Map.of("X-Sim-Latency", "40", "X-Sim-Sse-Events", "5", "X-Sim-Sse-Interval", "20")));

        StreamSummary streams = report.streams();
        assertThat(streams.completed()).isEqualTo(6);
        assertThat(streams.broken()).isZero();
        assertThat(streams.events()).isEqualTo(6 * (1 + 5 + 2));
        assertThat(streams.firstEvent().minMs()).isGreaterThan(39);
        assertThat(streams.gap().count()).isEqualTo(6 * 7);
        assertThat(report.latency().minMs()).isGreaterThan(40 + 4 * 20 - 1);
    }

    @Test
    void cut_streams_and_error_events_are_broken_streams() throws InterruptedException {
        LoadReport cut = generator.run(plan(2, 0, 4, LONG, true), chat(true, Map.of("X-Sim-Cut-After", "3")));
        LoadReport error = generator.run(plan(2, 0, 4, LONG, true), chat(true, Map.of("X-Sim-Error-After", "3")));

        assertThat(cut.streams().broken()).isEqualTo(4);
        assertThat(cut.succeeded()).isZero();
        assertThat(error.streams().broken()).isEqualTo(4);
        assertThat(error.errors()).containsEntry("error event in the stream", 4L);
    }

    @Test
    void a_target_that_hangs_up_is_a_failure_of_each_request() throws InterruptedException {
        LoadReport report = generator.run(plan(2, 0, 5, LONG, false), chat(false, Map.of("X-Sim-Cut-After", "0")));

        assertThat(report.failed()).isEqualTo(5);
        assertThat(report.total()).isEqualTo(5);
    }

    @Test
    void reconnects_when_the_target_closes_after_each_answer() throws InterruptedException {
        LoadReport report = generator.run(plan(2, 0, 8, LONG, false), chat(false, Map.of("connection", "close")));

        assertThat(report.succeeded()).isEqualTo(8);
        assertThat(upstream.stats().requests()).isEqualTo(8);
    }

    @Test
    void says_when_nothing_listens() {
        URI gone = upstream.uri();
        upstream.close();

        assertThatThrownBy(
                        () -> generator.run(plan(1, 0, 1, LONG, false), RequestTemplate.of(gone, "GET", Map.of(), "")))
                .isInstanceOf(TargetUnreachable.class)
                .hasMessageContaining("connection refused");
    }
}
