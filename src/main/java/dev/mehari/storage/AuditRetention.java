package dev.mehari.storage;

import dev.mehari.audit.AuditUpkeep.Size;
import dev.mehari.audit.KeepPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops what the audit does not keep: days of events as whole partitions, sums of hours and days, chains that are gone. */
final class AuditRetention {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

    private static final String TABLE = "audit_event";

    private static final String NOTE_DAY = """
            insert into audit_dropped_day (day, reason, events, bytes) values (?, ?, ?, ?)
            on conflict (day) do update set events = audit_dropped_day.events + excluded.events, at = excluded.at
            """;

    // What follows a chain needs the end of it only as long as its own start is there.
    private static final String GONE = """
            from audit_chain c where not exists (select from audit_event e where e.chain = c.id)
                and exists (select from audit_chain n join audit_gap g on g.chain = n.id and g.first_sequence = 1
                    and g.reason = 'retention' where n.previous = c.id)
            """;

    private final AuditGaps gaps;

    AuditRetention(AuditGaps gaps) {
        this.gaps = gaps;
    }

    /** Drops what {@code policy} does not keep at {@code now}; {@code connection} commits by itself. */
    void run(Connection connection, KeepPolicy policy, Instant now) throws SQLException {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate firstKept = LocalDate.ofInstant(now.minus(policy.events()), ZoneOffset.UTC);
        Set<LocalDate> dropped = droppedDays(connection);
        List<DayPartition> partitions = DayPartition.of(connection, TABLE);
        long bytes = partitions.stream().mapToLong(DayPartition::bytes).sum();
        for (DayPartition partition : partitions) {
            boolean before = dropped.contains(partition.day());
            if (partition.day().isBefore(firstKept) || before) {
                drop(connection, partition, "age", before);
                bytes -= partition.bytes();
            } else if (bytes > policy.maxBytes() && partition.day().isBefore(today)) {
                LOG.warn(
                        "The audit takes {} bytes, more than mehari.audit.max-size; dropping its oldest day, {}",
                        bytes,
                        partition.day());
                drop(connection, partition, "size", false);
                bytes -= partition.bytes();
            }
        }
        if (bytes > policy.maxBytes()) {
            LOG.error("The audit of today alone takes {} bytes, more than mehari.audit.max-size", bytes);
        }
        AuditRollUps.run(
                connection, "delete from audit_hour where start < ?", AuditRows.time(now.minus(policy.hours())));
        AuditRollUps.run(connection, "delete from audit_day where start < ?", AuditRows.time(now.minus(policy.days())));
        forgetChains(connection);
    }

    private void drop(Connection connection, DayPartition partition, String reason, boolean again) throws SQLException {
        AuditRollUps.inTransaction(connection, () -> {
            AuditRollUps.run(connection, DayPartition.LOCK_PATIENCE);
            AuditRollUps.run(connection, "lock table " + partition.name() + " in share row exclusive mode");
            AuditRollUps.last(connection, partition.day(), again);
            long events = gaps.note(connection, partition.name());
            AuditRollUps.run(connection, NOTE_DAY, partition.day(), reason, events, partition.bytes());
            AuditRollUps.run(connection, "drop table " + partition.name());
            LOG.info(
                    "Dropped {} events of {} from the audit ({}, {} bytes)",
                    events,
                    partition.day(),
                    reason,
                    partition.bytes());
        });
    }

    private static void forgetChains(Connection connection) throws SQLException {
        AuditRollUps.inTransaction(connection, () -> {
            AuditRollUps.run(connection, "delete from audit_checkpoint where chain in (select c.id " + GONE + ")");
            AuditRollUps.run(connection, "delete from audit_gap where chain in (select c.id " + GONE + ")");
            AuditRollUps.run(
                    connection,
                    "delete from audit_chain where id in (select c.id " + GONE
                            + " and not exists (select from audit_gap g where g.chain = c.id))");
        });
    }

    Size size(Connection connection) throws SQLException {
        List<DayPartition> partitions = DayPartition.of(connection, TABLE);
        return new Size(
                partitions.size(),
                partitions.stream().mapToLong(DayPartition::bytes).sum());
    }

    private static Set<LocalDate> droppedDays(Connection connection) throws SQLException {
        Set<LocalDate> days = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("select day from audit_dropped_day");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                days.add(rows.getObject(1, LocalDate.class));
            }
        }
        return days;
    }
}
