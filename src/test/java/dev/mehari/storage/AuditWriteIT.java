package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.SealedEvents;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The SQL function {@code audit_write}, with parameters as Mehari makes them. */
class AuditWriteIT {
    private static final Instant EVENING = Instant.parse("2026-01-31T23:59:58Z");

    private final TestDatabase database = TestDatabase.create();
    private final AuditInserts inserts = new AuditInserts(database, EVENING);
    private final Random random = new Random(3);
    private Connection connection;
    private EventSeal seal;

    @BeforeEach
    void begin() throws SQLException {
        connection = DriverManager.getConnection(database.url());
        seal = inserts.begin();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        inserts.close();
        database.close();
    }

    @Test
    void the_same_events_are_written_once() throws Exception {
        SealedEvents first = seal.seal(events(4, Duration.ofMillis(1)));
        SealedEvents second = seal.seal(events(3, Duration.ofMillis(1)));

        assertThat(inserts.write(connection, first)).isEqualTo(4);
        assertThat(inserts.write(connection, first)).isZero();
        assertThat(inserts.write(connection, second)).isEqualTo(3);
        assertThat(inserts.write(connection, first)).isZero();
        assertThat(database.query("select sequence::text from audit_event order by sequence"))
                .containsExactly("1", "2", "3", "4", "5", "6", "7");
        assertThat(database.number("select max(sequence) from audit_checkpoint"))
                .isEqualTo(7);
    }

    @Test
    void what_is_missing_of_a_batch_is_added() throws Exception {
        SealedEvents batch = seal.seal(events(5, Duration.ofMillis(1)));
        inserts.write(connection, batch);
        database.execute("delete from audit_event where sequence in (2, 5)");

        assertThat(inserts.write(connection, batch)).isEqualTo(2);
        assertThat(database.number("select count(distinct sequence) from audit_event"))
                .isEqualTo(5);
    }

    @Test
    void events_around_midnight_go_to_both_days() throws Exception {
        assertThat(inserts.write(connection, seal.seal(events(4, Duration.ofSeconds(1)))))
                .isEqualTo(4);

        assertThat(database.number("select count(*) from audit_event_20260131")).isEqualTo(2);
        assertThat(database.number("select count(*) from audit_event_20260201")).isEqualTo(2);
    }

    @Test
    void hours_that_were_summed_up_already_are_noted() throws Exception {
        database.execute("update audit_rolled set until = '2026-02-01T00:00:00Z'");

        inserts.write(connection, seal.seal(events(4, Duration.ofSeconds(1))));

        assertThat(database.query("select (hour at time zone 'UTC')::text from audit_due"))
                .containsExactly("2026-01-31 23:00:00");
    }

    private List<AuditEvent> events(int count, Duration apart) {
        List<AuditEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(SampleAudit.event(random, AuditRows.micros(EVENING.plus(apart.multipliedBy(i))), i));
        }
        return events;
    }
}
