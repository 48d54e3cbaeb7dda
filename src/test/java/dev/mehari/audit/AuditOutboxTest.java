package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AuditOutboxTest {
    private final FakeJournal journal = new FakeJournal();
    private final AuditQueue queue = new AuditQueue(2, 2);

    @Test
    void drops_and_counts_what_finds_no_room() {
        AuditOutbox outbox = outbox(Duration.ZERO);

        Events.range(1, 3).forEach(outbox::offer);

        assertThat(outbox.waiting()).isEqualTo(2);
        assertThat(outbox.dropped()).isEqualTo(1);
    }

    @Test
    void keeps_what_is_left_when_it_closes() throws Exception {
        AuditOutbox outbox = outbox(Duration.ZERO);
        Events.range(1, 2).forEach(outbox::offer);

        outbox.close();

        assertThat(journal.first().events()).isEqualTo(Events.range(1, 2));
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

    private AuditOutbox outbox(Duration wait) {
        return new AuditOutbox(
                queue, Events.seal(), journal, Clock.systemUTC(), System::nanoTime, wait, Duration.ofSeconds(1));
    }
}
