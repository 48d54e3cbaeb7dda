package dev.mehari.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a table that holds one day (UTC), as the function {@code ensure_day} makes it.
 *
 * @param bytes that it takes, with indexes
 */
record DayPartition(String table, LocalDate day, long bytes) {
    /** To be set before a partition is dropped: beyond it readers and writers would have to wait for a drop that waits itself. */
    static final String LOCK_PATIENCE = "set local lock_timeout = '2s'";

    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    private static final String ALL = """
            select right(c.relname, 8), pg_total_relation_size(c.oid)
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = ?::regclass and c.relname ~ ('^' || ? || '_[0-9]{8}$')
            order by 1
            """;

    /** Those of {@code table}, oldest first. */
    static List<DayPartition> of(Connection connection, String table) throws SQLException {
        List<DayPartition> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(ALL)) {
            select.setString(1, table);
            select.setString(2, table);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(new DayPartition(table, LocalDate.parse(rows.getString(1), DAY), rows.getLong(2)));
                }
            }
        }
        return found;
    }

    String name() {
        return table + "_" + DAY.format(day);
    }
}
