package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.CapturedLog;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuditOutboxTest {
    private final FakeJournal journal = new FakeJournal(Integer.MAX_VALUE);
    private final List<SealedEvents> aside = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AuditQueue queue = new AuditQueue(2, 2);

    @Test
    void drops_and_counts_what_finds_no_room() {
        AuditOutbox outbox = outbox(Duration.ZERO);

        Events.range(1, 3).forEach(outbox::offer);

        assertThat(outbox.waiting()).isEqualTo(2);
        assertThat(outbox.dropped()).isEqualTo(1);
        assertThat(outbox.dropped(DroppedEvents.Reason.QUEUE)).isEqualTo(1);
    }

    @Test
    void keeps_what_is_left_when_it_closes() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 2).forEach(outbox::offer);

        outbox.close();

        assertThat(((SealedEvents) journal.first()).events()).isEqualTo(Events.range(1, 2));
    }

    @Test
    void leaves_the_journal_alone_while_it_stops() throws Exception {
        AuditOutbox outbox = outbox(Duration.ofHours(1));
        outbox.offer(Events.event(1));
        outbox.stopping();
        outbox.keep(outbox.seal(outbox.next(0)), new IOException("away"));

        assertThat(outbox.next(Duration.ofHours(1).toNanos())).isNull();
        assertThat(journal.events()).isEqualTo(1);
    }

    @Test
    void wakes_up_for_a_full_batch() throws Exception {
        AuditOutbox outbox = outbox(Duration.ofHours(1));
        CountDownLatch taken = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            if (outbox.next(Duration.ofHours(1).toNanos()) != null) {
                taken.countDown();
            }
        });
        writer.start();

        Events.range(1, 2).forEach(outbox::offer);

        assertThat(taken.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        writer.join();
    }

    @Test
    void what_found_no_room_in_memory_gets_numbers_before_what_comes_then() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 5).forEach(outbox::offer);

        ChainPart lost = outbox.seal(outbox.next(0));
        outbox.written(lost);
        ChainPart batch = outbox.seal(outbox.next(0));

        assertThat(lost).isInstanceOf(DroppedEvents.class);
        assertThat(((DroppedEvents) lost).reason()).isEqualTo(DroppedEvents.Reason.QUEUE);
        assertThat(lost.count()).isEqualTo(3);
        assertThat(batch.first()).isEqualTo(4);
        assertThat(batch.before()).isEqualTo(lost.after());
        assertThat(outbox.events()).isZero();
        assertThat(outbox.dropped()).isEqualTo(3);
    }

    @Test
    void what_is_refused_again_and_again_is_set_aside_and_holds_nothing_up() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 2).forEach(outbox::offer);
        outbox.keep(outbox.seal(outbox.next(0)), new IOException("refused"));
        Events.range(3, 3).forEach(outbox::offer);
        outbox.keep(outbox.seal(outbox.next(0)), null);

        List<ChainPart> written = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            nanos.addAndGet(2_000_000_000L);
            Object next = outbox.next(0);
            ChainPart part = next == null ? null : outbox.seal(next);
            if (part instanceof SealedEvents && part.first() == 1) {
                outbox.keep(part, i == 1 ? new IOException("away") : new IOException("refused"));
            } else if (part != null) {
                written.add(part);
                outbox.written(part);
            }
        }

        assertThat(aside).extracting(ChainPart::first).containsExactly(1L);
        assertThat(written).extracting(ChainPart::first).containsExactly(1L, 3L);
        assertThat(((DroppedEvents) written.get(0)).reason()).isEqualTo(DroppedEvents.Reason.REFUSED);
        assertThat(outbox.dropped()).isEqualTo(2);
        assertThat(outbox.dropped(DroppedEvents.Reason.REFUSED)).isEqualTo(2);
        assertThat(journal.isEmpty()).isTrue();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(outbox.trouble()).contains("2 events are refused");
    }

    @Test
    void a_batch_whose_exchange_fails_on_the_way_is_kept() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 2).forEach(outbox::offer);
        outbox.seal(outbox.next(0));

        assertThat(outbox.seal(outbox.next(0)).first()).isEqualTo(1);
        assertThat(journal.events()).isEqualTo(2);
    }

    @Test
    void an_outage_sets_nothing_aside() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 2).forEach(outbox::offer);
        outbox.keep(outbox.seal(outbox.next(0)), new IOException("away"));

        for (int i = 0; i < 10; i++) {
            nanos.addAndGet(2_000_000_000L);
            outbox.keep(outbox.seal(outbox.next(0)), new IOException("away"));
        }

        assertThat(aside).isEmpty();
        assertThat(journal.events()).isEqualTo(2);
        assertThat(outbox.trouble()).isNull();
    }

    @Test
    void says_for_a_minute_that_events_are_lost() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        assertThat(outbox.trouble()).isNull();

        Events.range(1, 3).forEach(outbox::offer);
        assertThat(outbox.trouble()).contains("lost");
        outbox.written(outbox.seal(outbox.next(0)));
        assertThat(outbox.trouble()).contains("lost");

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(outbox.trouble()).isNull();
    }

    @Test
    void says_in_the_log_at_once_and_then_once_a_minute_that_events_are_lost() throws Exception {
        List<String> lines = new ArrayList<>();
        try (CapturedLog log = CapturedLog.of(lines::add, LossLog.class.getName())) {
            AuditOutbox outbox = outbox(Duration.ZERO);
            journal.broken = true;
            for (int batch = 0; batch < 100; batch++) {
                // two in the queue, one too many
                Events.range(1, 3).forEach(outbox::offer);
                outbox.keep(outbox.seal(outbox.next(0)), null);
                outbox.keep(outbox.seal(outbox.next(0)), null);
                if (batch == 50) {
                    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
                }
            }
            outbox.close();

            assertThat(log.lines()).isEqualTo(6);
        }
        assertThat(lines)
                .filteredOn(line -> line.contains("queue is full"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("full: 1 events"),
                        minute -> assertThat(minute).contains("full: 51 events"),
                        end -> assertThat(end).contains("full: 48 events"));
        assertThat(lines)
                .filteredOn(line -> line.contains("cannot be written"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("written: 0 events", "no space left on device"),
                        minute -> assertThat(minute).contains("no space left on device"),
                        end -> assertThat(end).doesNotContain("no space left on device"));
    }

    @Test
    void says_in_the_log_what_was_lost_when_nothing_is_lost_any_more() throws Exception {
        List<String> lines = new ArrayList<>();
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 3).forEach(outbox::offer);
        outbox.written(outbox.seal(outbox.next(0)));
        journal.broken = true;
        outbox.keep(outbox.seal(outbox.next(0)), null);
        Events.range(1, 6).forEach(outbox::offer);
        outbox.written(outbox.seal(outbox.next(0)));
        outbox.keep(outbox.seal(outbox.next(0)), null);
        outbox.offer(Events.event(7));
        ChainPart last = outbox.seal(outbox.next(0));
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        try (CapturedLog log = CapturedLog.of(lines::add, LossLog.class.getName())) {
            outbox.written(last);
            outbox.written(last);

            assertThat(log.lines()).isEqualTo(2);
        }
        assertThat(lines.get(0)).contains("queue is full: 4 events");
        assertThat(lines.get(1)).contains("cannot be written: 2 events");
    }

    private AuditOutbox outbox(Duration wait) {
        return new AuditOutbox(
                queue,
                Events.seal(),
                journal,
                Events.refusals(aside),
                Clock.systemUTC(),
                wait.isZero() ? nanos::get : System::nanoTime,
                wait,
                Duration.ofSeconds(1));
    }
}
