package dev.mehari.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.answer.EndedCall;
import dev.mehari.capture.CaptureCounts.Reason;
import dev.mehari.exchange.CallRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaptureWriterTest {
    private static final BodyFacts NOTHING = new BodyFacts(null, null, 0, 0);

    private final FakeCaptureStore store = new FakeCaptureStore();
    private final CaptureMemory memory = new CaptureMemory(1_000_000);
    private final CaptureCounts counts = new CaptureCounts();
    private final AtomicInteger rounds = new AtomicInteger();
    private final CaptureWriter writer = new CaptureWriter(
            store, now -> rounds.incrementAndGet() * 100L, memory, counts, Clock.systemUTC(), System::nanoTime);

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void writes_soon_and_gives_the_memory_back() {
        offer(7);

        await().until(() -> store.kept.size() == 1 && memory.taken() == 0);
        assertThat(counts.stored()).isEqualTo(1);
    }

    @Test
    void what_waits_while_the_store_is_slow_is_written_together() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger batches = new AtomicInteger();
        store.beforeAdding = () -> {
            batches.incrementAndGet();
            awaitQuietly(slow);
        };
        for (int i = 0; i < 50; i++) {
            offer(7);
        }
        await().until(() -> batches.get() == 1);
        slow.countDown();

        await().until(() -> store.kept.size() == 50);
        assertThat(batches.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void while_the_store_is_away_all_is_dropped_and_counted_and_later_ones_are_written() {
        store.away = true;
        offer(7);
        offer(7);
        await().until(() -> counts.dropped(Reason.STORAGE) == 2 && memory.taken() == 0);

        store.away = false;
        offer(7);
        await().until(() -> counts.stored() == 1);
        assertThat(counts.dropped()).isEqualTo(2);
    }

    @Test
    void a_fault_of_ours_stops_nothing_and_has_a_reason_of_its_own() {
        store.faulty = true;
        offer(7);
        await().until(() -> counts.dropped(Reason.FAULT) == 1 && memory.taken() == 0);

        store.faulty = false;
        offer(7);
        await().until(() -> counts.stored() == 1);
    }

    @Test
    void those_of_a_key_that_is_gone_are_counted_as_such() {
        offer(0);

        await().until(() -> counts.dropped(Reason.PURGED) == 1);
        assertThat(counts.stored()).isZero();
    }

    @Test
    void what_comes_when_it_stops_is_written_by_whoever_stops() {
        CountDownLatch slow = new CountDownLatch(1);
        store.beforeAdding = () -> awaitQuietly(slow);
        for (int i = 0; i < 200; i++) {
            offer(7);
        }
        slow.countDown();
        writer.close();

        assertThat(store.kept).hasSize(200);
        assertThat(memory.taken()).isZero();
    }

    @Test
    void what_comes_after_its_end_is_dropped_and_counted() {
        writer.close();
        offer(7);

        assertThat(counts.dropped()).isEqualTo(1);
        assertThat(store.kept).isEmpty();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void looks_after_what_is_stored_from_the_start_on_and_again() {
        writer.start(Duration.ofMillis(1));

        await().until(() -> writer.storedBytes() >= 300);
    }

    private void offer(long keyId) {
        assertThat(memory.take(1000)).isTrue();
        writer.offer(
                new Capture(
                        new CapturedCall(
                                Instant.EPOCH,
                                "r",
                                keyId,
                                null,
                                null,
                                200,
                                EndedCall.Outcome.SUCCESS,
                                CallRecord.End.COMPLETE,
                                -1,
                                0,
                                NOTHING,
                                NOTHING),
                        new byte[0],
                        new byte[0]),
                1000);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
