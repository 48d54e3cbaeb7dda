package dev.mehari.storage;

import dev.mehari.capture.CaptureUpkeep;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops days of {@code captured_call} as whole partitions, together with the keys that they were sealed with. Several instances
 * may do so at once: a day that is gone already is dropped by nobody else.
 */
public final class CaptureRetention implements CaptureUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureRetention.class);
    private static final String TABLE = "captured_call";

    private final Database database;
    private final Duration keep;
    private final long maxBytes;

    /**
     * Keeps the days of that time, unless they take too much.
     *
     * @param keep bodies are kept at least so long
     * @param maxBytes beyond it the oldest days are dropped, but never today
     */
    public CaptureRetention(Database database, Duration keep, long maxBytes) {
        this.database = database;
        this.keep = keep;
        this.maxBytes = maxBytes;
    }

    @Override
    public long run(Instant now) throws StorageUnavailable {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate firstKept = LocalDate.ofInstant(now.minus(keep), ZoneOffset.UTC);
        try (Connection connection = database.connection()) {
            AuditRollUps.run(connection, "select ensure_day(?, ?)", TABLE, today);
            AuditRollUps.run(connection, "select ensure_day(?, ?)", TABLE, today.plusDays(1));
            List<DayPartition> days = DayPartition.of(connection, TABLE);
            long bytes = days.stream().mapToLong(DayPartition::bytes).sum();
            for (DayPartition day : days) {
                boolean tooMuch = bytes > maxBytes && day.day().isBefore(today);
                if (tooMuch || day.day().isBefore(firstKept)) {
                    drop(connection, day, tooMuch ? "size" : "age");
                    bytes -= day.bytes();
                }
            }
            if (bytes > maxBytes) {
                LOG.error("Captured bodies of today alone take {} bytes, more than mehari.capture.max-size", bytes);
            }
            return bytes;
        } catch (SQLException failure) {
            throw SqlOutage.during("looking after captured bodies", failure);
        }
    }

    private static void drop(Connection connection, DayPartition day, String reason) throws SQLException {
        AuditRollUps.inTransaction(connection, () -> {
            AuditRollUps.run(connection, DayPartition.LOCK_PATIENCE);
            AuditRollUps.run(connection, "drop table if exists " + day.name());
            AuditRollUps.run(connection, "delete from capture_key where day <= ?", day.day());
        });
        LOG.info("Dropped the captured bodies of {} ({}, {} bytes)", day.day(), reason, day.bytes());
    }
}
