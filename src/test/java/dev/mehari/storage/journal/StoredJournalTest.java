package dev.mehari.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.EventSeal;
import dev.mehari.audit.Events;
import dev.mehari.audit.SealedEvents;
import dev.mehari.config.AuditConfig;
import dev.mehari.config.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
            assertThat(journal.bytes()).isEqualTo(one.bytes().length + other.bytes().length);
            assertThat(journal.first().bytes()).isEqualTo(one.bytes());
            assertThat(journal.last().bytes()).isEqualTo(other.bytes());
            journal.removeFirst();
            assertThat(journal.first().bytes()).isEqualTo(other.bytes());
            journal.removeFirst();
            assertThat(journal.first()).isNull();
            assertThat(folder).as("no file without events").isEmptyDirectory();
            journal.append(one);
        }
        try (StoredJournal journal = open(fsync, 1 << 20)) {
            assertThat(journal.first().events()).isEqualTo(one.events());
        }
    }

    @Test
    void drops_the_oldest_when_it_is_full() throws Exception {
        SealedEvents batch = seal.seal(Events.range(1, 10));
        int room = batch.bytes().length * 5 / 2;
        try (StoredJournal journal = open(AuditConfig.Fsync.NEVER, room)) {
            journal.append(batch);
            journal.append(seal.seal(Events.range(11, 20)));
            assertThat(journal.isFull()).isFalse();
            assertThat(journal.append(seal.seal(Events.range(21, 30)))).isEqualTo(10);

            assertThat(journal.isFull()).isTrue();
            assertThat(journal.first().first()).isEqualTo(11);
            assertThat(journal.events()).isEqualTo(20);
            journal.removeFirst();
            assertThat(journal.isFull()).isFalse();
        }
    }

    private StoredJournal open(AuditConfig.Fsync fsync, long room) throws IOException {
        return StoredJournal.open(
                folder.resolve("journal"),
                new AuditConfig.Journal(new ByteSize(room), fsync, Duration.ofSeconds(1)),
                System::nanoTime);
    }
}
