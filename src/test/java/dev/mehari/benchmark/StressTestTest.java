package dev.mehari.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StressTestTest {
    private final List<Integer> told = new ArrayList<>();

    private static LoadReport report(int answers, int status, long latencyMillis) {
        Tally tally = new Tally(false);
        for (int i = 0; i < answers; i++) {
            tally.answered(status, Duration.ofMillis(latencyMillis).toNanos());
        }
        return LoadReport.of(tally, Duration.ofSeconds(1));
    }

    private StressReport run(StressTest.Runner runner, int most) throws InterruptedException {
        return new StressTest(runner, step -> told.add(step.concurrency())).run(most);
    }

    @Test
    void doubles_up_to_the_most_while_the_target_holds() throws InterruptedException {
        StressReport report = run(n -> report(n * 10, 200, 5), 24);

        assertThat(told).containsExactly(1, 2, 4, 8, 16, 24);
        assertThat(report.bestConcurrency()).isEqualTo(24);
        assertThat(report.passed()).isTrue();
    }

    @Test
    void stops_where_the_target_fails() throws InterruptedException {
        StressReport report = run(n -> report(n * 10, n < 8 ? 200 : 503, 5), 256);

        assertThat(told).containsExactly(1, 2, 4, 8);
        assertThat(report.bestConcurrency()).isEqualTo(4);
        assertThat(report.end()).contains("fails");
    }

    @Test
    void stops_where_only_latency_grows() throws InterruptedException {
        StressReport report = run(n -> report(Math.min(n, 4) * 10, 200, n <= 4 ? 5 : n), 256);

        assertThat(told).containsExactly(1, 2, 4, 8, 16);
        assertThat(report.bestConcurrency()).isEqualTo(4);
    }

    @Test
    void does_not_pass_when_the_first_step_fails() throws InterruptedException {
        assertThat(run(n -> report(10, 500, 5), 256).passed()).isFalse();
    }
}
