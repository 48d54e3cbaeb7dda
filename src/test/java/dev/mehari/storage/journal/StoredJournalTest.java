package dev.mehari.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.ChainPart;
import dev.mehari.audit.DroppedEvents;
import dev.mehari.audit.DroppedEvents.Reason;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.Events;
import dev.mehari.audit.SealedEvents;
import dev.mehari.config.AuditConfig;
import dev.mehari.config.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredJournalTest {
    @TempDir
    Path folder;

    private final EventSeal seal = Events.seal();

    @ParameterizedTest
    @EnumSource
    void gives_back_what_it_was_given_in_order_after_it_was_opened_again(AuditConfig.Fsync fsync) throws Exception {
        SealedEvents one = seal.seal(Events.range(1, 3));
        SealedEvents other = seal.seal(Events.range(4, 4));
        try (StoredJournal journal = open(fsync, 1 << 20)) {
            assertThat(journal.append(one)).isZero();
            assertThat(journal.append(other)).isZero();
        }

        try (StoredJournal journal = open(fsync, 1 << 20)) {
            assertThat(journal.events()).isEqualTo(4);
            assertThat(journal.bytes()).isEqualTo(one.bytes().length + other.bytes().length + 2 * DroppedEvents.BYTES);
            assertThat(bytes(journal.first())).isEqualTo(one.bytes());
            assertThat(bytes(journal.last())).isEqualTo(other.bytes());
            journal.removeFirst();
            assertThat(bytes(journal.first())).isEqualTo(other.bytes());
            journal.removeFirst();
            assertThat(journal.first()).isNull();
            assertThat(folder).as("no file without events").isEmptyDirectory();
            journal.append(one);
        }
        try (StoredJournal journal = open(fsync, 1 << 20)) {
            assertThat(bytes(journal.first())).isEqualTo(one.bytes());
        }
    }

    // row 64
    @Test
    void drops_the_oldest_but_the_first_when_it_is_full_and_shows_them_as_one_gap() throws Exception {
        SealedEvents[] batches = {batch(0), batch(1), batch(2), batch(3), batch(4)};
        int room = (batches[4].bytes().length + DroppedEvents.BYTES) * 7 / 2;
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, room)) {
            for (int i = 0; i < 3; i++) {
                assertThat(journal.append(batches[i])).isZero();
            }
            assertThat(journal.isFull()).isFalse();
            assertThat(journal.append(batches[3])).isEqualTo(10);
            assertThat(journal.isFull()).isTrue();
        }
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, room)) {
            assertThat(journal.append(batches[4])).isEqualTo(10);
            assertThat(journal.isFull()).isTrue();
            assertThat(journal.events()).isEqualTo(30);

            assertThat(bytes(journal.first())).isEqualTo(batches[0].bytes());
            journal.removeFirst();
            DroppedEvents gap = (DroppedEvents) journal.first();
            assertThat(gap.reason()).isEqualTo(Reason.JOURNAL);
            assertThat(gap.first()).isEqualTo(11);
            assertThat(gap.last()).isEqualTo(30);
            assertThat(gap.before()).isEqualTo(batches[0].after());
            assertThat(gap.after()).isEqualTo(batches[3].before());
            journal.removeFirst();
            assertThat(bytes(journal.first())).isEqualTo(batches[3].bytes());
            assertThat(journal.isFull()).isFalse();
            journal.removeFirst();
            journal.removeFirst();
            assertThat(journal.isEmpty()).isTrue();
            assertThat(journal.bytes()).isZero();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void a_gap_that_comes_first_does_not_grow_since_the_table_may_have_it() throws Exception {
        SealedEvents[] batches = {batch(0), batch(1), batch(2), batch(3), batch(4), batch(5)};
        int room = (batches[5].bytes().length + DroppedEvents.BYTES) * 7 / 2;
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, room)) {
            for (int i = 0; i < 4; i++) {
                journal.append(batches[i]);
            }
            journal.removeFirst();
            byte[] first = ((DroppedEvents) journal.first()).bytes();
            journal.append(batches[4]);
            journal.append(batches[5]);

            assertThat(((DroppedEvents) journal.first()).bytes()).isEqualTo(first);
            journal.removeFirst();
            assertThat(journal.first().first()).isEqualTo(21);
        }
    }

    @Test
    void a_batch_that_does_not_fit_at_all_is_a_gap_at_once() throws Exception {
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, batch(0).bytes().length + DroppedEvents.BYTES)) {
            assertThat(journal.append(batch(1))).isZero();
            assertThat(journal.append(batch(2))).isEqualTo(10);
            assertThat(journal.append(batch(3))).isEqualTo(10);

            assertThat(journal.last()).isInstanceOf(DroppedEvents.class);
            assertThat(journal.last().first()).isEqualTo(21);
            assertThat(journal.last().last()).isEqualTo(40);
            assertThat(journal.events()).isEqualTo(10);
            assertThat(journal.first().first()).isEqualTo(11);
        }
    }

    @Test
    void what_cannot_be_read_any_more_is_a_gap_and_holds_nothing_up() throws Exception {
        SealedEvents one = batch(0);
        SealedEvents other = batch(1);
        SealedEvents good = batch(2);
        try (StoredJournal journal = open(AuditConfig.Fsync.ALWAYS, 1 << 20)) {
            journal.append(one);
            journal.append(other);
            journal.append(good);
        }
        try (MVStore store = MVStore.open(folder.resolve("journal").toString())) {
            MVMap<Long, byte[]> batches = store.openMap("batches");
            byte[] flipped = batches.get(0L).clone();
            flipped[flipped.length - 1] ^= 1;
            batches.put(0L, flipped);
            batches.put(1L, new byte[] {1, 2, 3});
        }

        try (StoredJournal journal = open(AuditConfig.Fsync.ALWAYS, 1 << 20)) {
            for (int i = 0; i < 2; i++) {
                DroppedEvents gap = (DroppedEvents) journal.first();
                assertThat(gap.reason()).isEqualTo(Reason.UNREADABLE);
                assertThat(gap.first()).isEqualTo(10L * i + 1);
                assertThat(gap.last()).isEqualTo(10L * i + 10);
                journal.removeFirst();
            }
            assertThat(bytes(journal.first())).isEqualTo(good.bytes());
            assertThat(journal.events()).isEqualTo(10);
        }
    }

    @Test
    void an_interrupt_closes_nothing() throws Exception {
        try (StoredJournal journal = open(AuditConfig.Fsync.ALWAYS, 1 << 20)) {
            journal.append(batch(0));
            Thread.currentThread().interrupt();
            journal.append(batch(1));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(journal.events()).isEqualTo(20);
        }
        try (StoredJournal journal = open(AuditConfig.Fsync.ALWAYS, 1 << 20)) {
            assertThat(journal.events()).isEqualTo(20);
        }
    }

    @Test
    void what_is_set_aside_leaves_a_gap_in_its_place() throws Exception {
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, 1 << 20)) {
            journal.append(batch(0));
            journal.append(batch(1));
            journal.dropFirst(Reason.REFUSED);

            assertThat(((DroppedEvents) journal.first()).reason()).isEqualTo(Reason.REFUSED);
            assertThat(journal.events()).isEqualTo(10);
            journal.removeFirst();
            assertThat(journal.first().first()).isEqualTo(11);
        }
    }

    /** Ten events; call it in order. */
    private SealedEvents batch(int number) {
        return seal.seal(Events.range(10 * number + 1, 10 * number + 10));
    }

    private static byte[] bytes(ChainPart part) {
        return ((SealedEvents) part).bytes();
    }

    private StoredJournal open(AuditConfig.Fsync fsync, long room) throws IOException {
        return StoredJournal.open(
                folder.resolve("journal"),
                new AuditConfig.Journal(new ByteSize(room), fsync, Duration.ofSeconds(1)),
                System::nanoTime);
    }
}
