package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureRow;
import dev.mehari.answer.FailureTable;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallMetricsTest {
    private static final long MILLI = 1_000_000L;

    private final AtomicLong nanos = new AtomicLong(-7_300_000_000L); // nanoTime may be negative
    private final CallMetrics metrics = new CallMetrics(nanos::get);

    @Test
    void has_seen_nothing_when_fresh() {
        CallSnapshot fresh = metrics.snapshot();

        assertThat(fresh.total()).isZero();
        assertThat(fresh.successRate()).isEqualTo(100);
        assertThat(fresh.recentSuccessRate()).isEqualTo(100);
        assertThat(fresh.currentRps()).isZero();
        assertThat(fresh.latency()).isEqualTo(CallSnapshot.Latency.NONE);
    }

    @Test
    void counts_each_call_once_and_by_outcome() {
        // row 36
        call(200, CallRecord.End.COMPLETE, null);
        call(404, CallRecord.End.COMPLETE, null);
        call(504, CallRecord.End.COMPLETE, null);
        call(200, CallRecord.End.BROKEN, null);
        call(0, CallRecord.End.CLIENT_GONE, null);
        call(503, CallRecord.End.COMPLETE, FailureTable.rowFor(busy()));
        metrics.begun();

        CallSnapshot counted = metrics.snapshot();

        assertThat(counted.total()).isEqualTo(6);
        assertThat(counted.successful()).isEqualTo(1);
        assertThat(counted.failed()).isEqualTo(4);
        assertThat(counted.cancelled()).isEqualTo(1);
        assertThat(counted.timeouts()).isEqualTo(1);
        assertThat(counted.refused()).isEqualTo(1);
        assertThat(counted.refusals()).isEqualTo(Map.of("queue_full", 1L));
        assertThat(counted.open()).isEqualTo(1);
        assertThat(counted.successRate()).isEqualTo(20);
    }

    @Test
    void shows_the_rate_of_the_last_seconds() {
        // row 36: a steady 20 per second, then nothing
        for (int i = 0; i < 200; i++) {
            nanos.addAndGet(50 * MILLI);
            call(200, CallRecord.End.COMPLETE, null);
            if (i >= 40) {
                assertThat(metrics.snapshot().currentRps()).isBetween(18.0, 22.0);
            }
        }

        nanos.addAndGet(5_000 * MILLI);

        assertThat(metrics.snapshot().currentRps()).isZero();
    }

    @Test
    void forgets_failures_after_a_minute_for_health_only() {
        call(500, CallRecord.End.COMPLETE, null);
        assertThat(metrics.snapshot().recentSuccessRate()).isZero();

        nanos.addAndGet(61_000 * MILLI);

        assertThat(metrics.snapshot().recentSuccessRate()).isEqualTo(100);
        assertThat(metrics.snapshot().successRate()).isZero();
    }

    @Test
    void measures_what_the_upstream_took() {
        for (int millis = 1; millis <= 100; millis++) {
            ended(200, CallRecord.End.COMPLETE, null, millis);
        }
        ended(503, CallRecord.End.COMPLETE, FailureTable.rowFor(busy()), 5_000);
        ended(200, CallRecord.End.CLIENT_GONE, null, 5_000);
        metrics.snapshot();

        CallSnapshot.Latency latency = metrics.snapshot().latency();

        assertThat(latency.mean()).isBetween(50.0, 51.0);
        assertThat(latency.p50()).isBetween(49.5, 50.5);
        assertThat(latency.p95()).isBetween(94.0, 96.0);
        assertThat(latency.p99()).isBetween(98.0, 100.0);
        assertThat(latency.min()).isBetween(0.99, 1.01);
        assertThat(latency.max()).isBetween(99.0, 101.0);
    }

    @Test
    void loses_nothing_when_many_threads_count() throws Exception {
        int each = 20_000;
        nanos.addAndGet(1_000 * MILLI);
        var start = new CountDownLatch(1);
        Runnable work = () -> {
            try {
                start.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (int i = 0; i < each; i++) {
                call(200, CallRecord.End.COMPLETE, null);
            }
        };
        var threads = new Thread[] {new Thread(work), new Thread(work), new Thread(work)};
        for (Thread thread : threads) {
            thread.start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        nanos.addAndGet(1_000 * MILLI);

        assertThat(metrics.snapshot().total()).isEqualTo(3L * each);
        assertThat(metrics.snapshot().open()).isZero();
        assertThat(metrics.snapshot().currentRps()).isEqualTo(3.0 * each);
    }

    @Test
    void shows_the_last_minute_second_by_second() {
        call(200, CallRecord.End.COMPLETE, null);
        nanos.addAndGet(1_000 * MILLI);
        call(200, CallRecord.End.COMPLETE, null);
        call(503, CallRecord.End.COMPLETE, FailureTable.rowFor(busy()));
        nanos.addAndGet(2_000 * MILLI);

        LastMinute minute = metrics.lastMinute();

        assertThat(minute.calls()).hasSize(60).endsWith(1, 2, 0);
        assertThat(minute.refused()).hasSize(60).endsWith(0, 1, 0);
        assertThat(minute.calls().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
    }

    @Test
    void latencies_of_the_last_minute_forget_those_before() {
        ended(200, CallRecord.End.COMPLETE, null, 1000);
        assertThat(metrics.lastMinute().latency().p50()).isBetween(990.0, 1010.0);

        for (int second = 0; second < 70; second++) {
            nanos.addAndGet(1_000 * MILLI);
            ended(200, CallRecord.End.COMPLETE, null, 10);
            metrics.lastMinute();
        }

        LastMinute.Latency latency = metrics.lastMinute().latency();
        assertThat(latency.max()).isBetween(9.9, 10.1);
        assertThat(latency.seconds()).isBetween(60L, 66L);
        assertThat(latency.calls()).isBetween(60L, 67L);
        assertThat(metrics.snapshot().latency().max())
                .as("since the start, as ever")
                .isGreaterThan(990);
    }

    @Test
    void latencies_that_nobody_has_read_say_how_old_they_are() {
        metrics.lastMinute();
        ended(200, CallRecord.End.COMPLETE, null, 1000);
        nanos.addAndGet(600_000 * MILLI);

        assertThat(metrics.lastMinute().latency().seconds()).isEqualTo(600);
        assertThat(metrics.lastMinute().latency().calls()).isEqualTo(1);
    }

    private static GatewayBusy busy() {
        return new GatewayBusy(GatewayBusy.Reason.QUEUE_FULL, "full", Duration.ofSeconds(1));
    }

    private void call(int status, CallRecord.End end, FailureRow failure) {
        metrics.begun();
        ended(status, end, failure, 1);
    }

    private void ended(int status, CallRecord.End end, FailureRow failure, long millis) {
        metrics.ended(
                new EndedCall(Dialect.OPENAI, new CallRecord(0, 1, millis * MILLI, status, 10, 20, end), failure));
    }
}
