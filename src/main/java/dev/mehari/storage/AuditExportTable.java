package dev.mehari.storage;

import dev.mehari.audit.proof.AuditChains;
import dev.mehari.audit.proof.AuditExport;
import dev.mehari.audit.proof.ExportPage;
import dev.mehari.audit.proof.ExportPosition;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit chain after chain; each page sees one state of the database. Relies on the primary keys of
 * {@code audit_event}, {@code audit_checkpoint} and {@code audit_gap}, which begin with the chain.
 */
public final class AuditExportTable implements AuditExport, AuditChains {
    private static final HexFormat HEX = HexFormat.of();

    // Also chains that only events name: nobody but a tamperer writes such.
    private static final String NEWEST =
            "select greatest((select max(id) from audit_chain), (select max(chain) from audit_event))";
    private static final String NEXT = """
            select least((select min(id) from audit_chain where id > ?), (select min(chain) from audit_event where chain > ?))
            """;
    private static final String CHAIN =
            "select instance, previous, first_link, public_key, started_at from audit_chain where id = ?";
    private static final String EVENTS = "select " + AuditRows.COLUMNS
            + " from audit_event where chain = ? and sequence > ? order by sequence fetch first ? rows with ties";
    private static final String CHECKPOINTS = """
            select sequence, head, signature from audit_checkpoint
            where chain = ? and sequence > ? and sequence <= ? order by sequence
            """;
    private static final String GAPS = """
            select first_sequence, last_sequence, before, after, reason, public_key, signature from audit_gap
            where chain = ? and first_sequence > ? and first_sequence <= ? order by first_sequence
            """;

    private final Database database;

    public AuditExportTable(Database database) {
        this.database = database;
    }

    @Override
    public ExportPage page(@Nullable ExportPosition after, int events) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            List<ExportRecord> records = new ArrayList<>();
            ExportPosition[] next = new ExportPosition[1];
            AuditRollUps.inTransaction(connection, () -> {
                AuditRollUps.run(connection, "set transaction isolation level repeatable read, read only");
                next[0] = read(connection, after, events, records);
            });
            return new ExportPage(records, next[0]);
        } catch (SQLException failure) {
            throw SqlOutage.during("exporting the audit", failure);
        }
    }

    @Override
    public ExportRecord.@Nullable Chain chain(int id) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            return chain(connection, id);
        } catch (SQLException failure) {
            throw SqlOutage.during("reading a chain of the audit", failure);
        }
    }

    private static @Nullable ExportPosition read(
            Connection connection, @Nullable ExportPosition after, int events, List<ExportRecord> records)
            throws SQLException {
        int until = after == null ? orElse(one(connection, NEWEST), 0) : after.until();
        long before = after == null ? 0 : after.records();
        int left = events;
        @Nullable Integer chain = after == null ? null : after.chain();
        long from = after == null ? -1 : after.sequence();
        while (true) {
            if (chain == null || from < 0) {
                chain = one(connection, NEXT, chain == null ? Integer.MIN_VALUE : chain);
                if (chain == null || chain > until) {
                    records.add(new ExportRecord.End(before + records.size()));
                    return null;
                }
                from = Long.MIN_VALUE;
                ExportRecord.Chain begun = chain(connection, chain);
                if (begun != null) {
                    records.add(begun);
                }
            }
            int asked = Math.max(left, 1);
            List<ExportRecord> found = events(connection, chain, from, asked);
            boolean more = found.size() >= asked;
            long to = more ? sequence(found.get(found.size() - 1)) : Long.MAX_VALUE;
            left -= found.size();
            found.addAll(between(connection, chain, from, to));
            found.sort(Comparator.comparingLong(AuditExportTable::sequence).thenComparingInt(AuditExportTable::order));
            records.addAll(found);
            from = more ? to : -1;
            if (left <= 0) {
                return new ExportPosition(chain, from, until, before + records.size());
            }
        }
    }

    private static ExportRecord.@Nullable Chain chain(Connection connection, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(CHAIN)) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                int previous = row.getInt("previous");
                return new ExportRecord.Chain(
                        id,
                        row.getObject("instance", UUID.class),
                        previous == 0 ? null : previous,
                        HEX.formatHex(row.getBytes("first_link")),
                        base64(row, "public_key"),
                        row.getObject("started_at", OffsetDateTime.class).toInstant());
            }
        }
    }

    private static List<ExportRecord> events(Connection connection, int chain, long from, int most)
            throws SQLException {
        List<ExportRecord> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(EVENTS)) {
            select.setInt(1, chain);
            select.setLong(2, from);
            select.setInt(3, most);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(event(rows));
                }
            }
        }
        return found;
    }

    private static ExportRecord event(ResultSet row) throws SQLException {
        try {
            return new ExportRecord.Event(AuditRows.read(row));
        } catch (IllegalArgumentException tampered) {
            return new ExportRecord.Broken(
                    row.getInt("chain"), row.getLong("sequence"), String.valueOf(tampered.getMessage()));
        }
    }

    private static List<ExportRecord> between(Connection connection, int chain, long from, long to)
            throws SQLException {
        List<ExportRecord> found = new ArrayList<>();
        try (PreparedStatement select = bound(connection, CHECKPOINTS, chain, from, to);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new ExportRecord.Checkpoint(
                        chain,
                        rows.getLong("sequence"),
                        HEX.formatHex(rows.getBytes("head")),
                        base64(rows, "signature")));
            }
        }
        try (PreparedStatement select = bound(connection, GAPS, chain, from, to);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new ExportRecord.Gap(
                        chain,
                        rows.getLong("first_sequence"),
                        rows.getLong("last_sequence"),
                        HEX.formatHex(rows.getBytes("before")),
                        HEX.formatHex(rows.getBytes("after")),
                        rows.getString("reason"),
                        base64(rows, "public_key"),
                        base64(rows, "signature")));
            }
        }
        return found;
    }

    private static PreparedStatement bound(Connection connection, String sql, int chain, long from, long to)
            throws SQLException {
        PreparedStatement select = connection.prepareStatement(sql);
        select.setInt(1, chain);
        select.setLong(2, from);
        select.setLong(3, to);
        return select;
    }

    private static long sequence(ExportRecord one) {
        if (one instanceof ExportRecord.Event event) {
            return event.row().sequence();
        }
        if (one instanceof ExportRecord.Broken broken) {
            return broken.sequence();
        }
        return one instanceof ExportRecord.Gap gap ? gap.first() : ((ExportRecord.Checkpoint) one).sequence();
    }

    private static int order(ExportRecord one) {
        return one instanceof ExportRecord.Checkpoint ? 1 : 0;
    }

    private static @Nullable Integer one(Connection connection, String sql, Object... value) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 1; i <= 2 * value.length; i++) {
                select.setObject(i, value[0]);
            }
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getObject(1) != null ? row.getInt(1) : null;
            }
        }
    }

    private static int orElse(@Nullable Integer number, int otherwise) {
        return number == null ? otherwise : number;
    }

    private static String base64(ResultSet row, String column) throws SQLException {
        return Base64.getEncoder().encodeToString(row.getBytes(column));
    }
}
