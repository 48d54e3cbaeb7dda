package dev.mehari.testing;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.proof.ExportRecord;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Puts a {@link SampleAudit} into the tables. */
public final class AuditWriter {
    private static final String EVENT = "insert into audit_event values (?::timestamptz" + ", ?".repeat(31) + ")";

    private AuditWriter() {}

    /**
     * Takes away all that there is of an audit.
     *
     * @param rolled up to where hours count as summed up
     */
    public static void empty(TestDatabase database, Instant rolled) {
        database.query("select relname from pg_class where relname ~ '^audit_event_[0-9]{8}$' and"
                        + " relnamespace = current_schema()::regnamespace and relkind = 'r'")
                .forEach(partition -> database.execute("drop table " + partition));
        database.execute(
                "truncate audit_event, audit_checkpoint, audit_gap, audit_chain, audit_hour, audit_day, audit_due, audit_due_day,"
                        + " audit_dropped_day");
        database.execute("update audit_rolled set until = '" + rolled + "'");
    }

    /** Writes what is not there yet, each record in a transaction of its own. */
    public static void write(TestDatabase database, List<ExportRecord> records) {
        try (Connection connection = DriverManager.getConnection(database.url())) {
            connection.setAutoCommit(false);
            for (ExportRecord one : records) {
                write(connection, one);
                connection.commit();
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void write(Connection connection, ExportRecord one) throws SQLException {
        if (one instanceof ExportRecord.Chain chain) {
            run(
                    connection,
                    "insert into audit_chain (id, instance, previous, first_link, public_key) overriding system value"
                            + " values (?, ?, ?, ?, ?) on conflict do nothing",
                    chain.id(),
                    chain.instance(),
                    chain.previous(),
                    HexFormat.of().parseHex(chain.firstLink()),
                    Base64.getDecoder().decode(chain.publicKey()));
        } else if (one instanceof ExportRecord.Checkpoint checkpoint) {
            run(
                    connection,
                    "insert into audit_checkpoint values (?, ?, ?, ?, now()) on conflict do nothing",
                    checkpoint.chain(),
                    checkpoint.sequence(),
                    HexFormat.of().parseHex(checkpoint.head()),
                    Base64.getDecoder().decode(checkpoint.signature()));
        } else if (one instanceof ExportRecord.Event event) {
            write(connection, event.row());
        } else {
            throw new IllegalArgumentException("not written here: " + one);
        }
    }

    private static void write(Connection connection, AuditRow row) throws SQLException {
        AuditEvent event = row.event();
        Instant at = Instant.EPOCH.plus(event.atMicros(), ChronoUnit.MICROS);
        run(connection, "select ensure_audit_day(?)", LocalDate.ofInstant(at, ZoneOffset.UTC));
        run(
                connection,
                "select note_late_audit_events(array[?::bigint], ?::timestamptz)",
                event.atMicros(),
                at.toString());
        run(
                connection,
                EVENT + " on conflict do nothing",
                at.toString(),
                row.chain(),
                row.sequence(),
                row.link(),
                event.request().id(),
                event.request().traceId(),
                event.request().keyId(),
                event.request().client(),
                event.request().method(),
                event.request().path(),
                event.request().dialect().name().toLowerCase(Locale.ROOT),
                event.request().model(),
                event.request().stream(),
                event.request().conversation(),
                event.way().upstream(),
                event.way().credentialId(),
                event.way().retries(),
                event.result().outcome().name().toLowerCase(Locale.ROOT),
                event.result().status(),
                event.result().reason(),
                event.times().queue(),
                event.times().firstByte(),
                event.times().total(),
                event.use().requestBytes(),
                event.use().responseBytes(),
                event.use().tokens().input(),
                event.use().tokens().cachedInput(),
                event.use().tokens().cacheWrite(),
                event.use().tokens().output(),
                event.use().tokens().reasoning(),
                event.use().estimated(),
                event.use().nanoDollars());
    }

    private static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }
}
