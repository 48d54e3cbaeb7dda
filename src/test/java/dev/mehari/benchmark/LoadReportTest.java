package dev.mehari.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadReportTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private static LoadReport report(int succeeded, int failed, int rejected, int timeouts) {
        Tally tally = new Tally(false);
        for (int i = 0; i < succeeded; i++) {
            tally.answered(200, Duration.ofMillis(i + 1L).toNanos());
        }
        for (int i = 0; i < failed; i++) {
            tally.answered(500, 1);
        }
        for (int i = 0; i < rejected; i++) {
            tally.answered(429, 1);
        }
        for (int i = 0; i < timeouts; i++) {
            tally.timedOut(false);
        }
        return LoadReport.of(tally, TEN_SECONDS);
    }

    // row 43
    @Test
    void a_hundred_requests_in_ten_seconds_are_ten_a_second() {
        assertThat(report(100, 0, 0, 0).rps()).isCloseTo(10, within(1e-9));
    }

    // row 43
    @Test
    void rejected_and_failed_answers_count_as_completed_and_timeouts_do_not() {
        LoadReport report = report(40, 10, 30, 20);

        assertThat(report.total()).isEqualTo(100);
        assertThat(report.completed()).isEqualTo(80);
        assertThat(report.rps()).isCloseTo(8, within(1e-9));
    }

    // row 43
    @Test
    void only_rejections_are_no_success() {
        LoadReport report = report(0, 0, 100, 0);

        assertThat(report.successRate()).isZero();
        assertThat(report.rejected()).isEqualTo(100);
        assertThat(report.passed()).isFalse();
    }

    // row 43
    @Test
    void passes_from_ninety_percent_success_and_under_five_percent_timeouts() {
        assertThat(report(100, 0, 0, 0).passed()).isTrue();
        assertThat(report(90, 10, 0, 0).passed()).isTrue();
        assertThat(report(89, 11, 0, 0).passed()).isFalse();
        assertThat(report(85, 15, 0, 0).passed()).isFalse();
        assertThat(report(96, 0, 0, 4).passed()).isTrue();
        assertThat(report(95, 0, 0, 5).passed()).isFalse();
        assertThat(report(94, 0, 0, 6).passed()).isFalse();
    }

    @Test
    void nothing_sent_does_not_pass() {
        assertThat(report(0, 0, 0, 0).passed()).isFalse();
    }

    @Test
    void percentiles_are_those_of_succeeded_requests() {
        LatencySummary latency = report(100, 50, 50, 0).latency();

        assertThat(latency.count()).isEqualTo(100);
        assertThat(latency.minMs()).isCloseTo(1, within(0.01));
        assertThat(latency.p50Ms()).isCloseTo(50, within(0.1));
        assertThat(latency.p95Ms()).isCloseTo(95, within(0.1));
        assertThat(latency.p99Ms()).isCloseTo(99, within(0.1));
        assertThat(latency.maxMs()).isCloseTo(100, within(0.1));
        assertThat(latency.meanMs()).isCloseTo(50.5, within(0.1));
    }

    @Test
    void redirects_succeed_and_503_is_a_rejection() {
        Tally tally = new Tally(false);
        tally.answered(302, 1);
        tally.answered(503, 1);
        tally.answered(404, 1);
        tally.failed("connection reset");

        LoadReport report = LoadReport.of(tally, TEN_SECONDS);

        assertThat(report.succeeded()).isEqualTo(1);
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.errors())
                .containsEntry("HTTP 503", 1L)
                .containsEntry("HTTP 404", 1L)
                .containsEntry("connection reset", 1L);
    }
}
