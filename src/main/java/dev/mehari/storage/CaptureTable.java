package dev.mehari.storage;

import dev.mehari.capture.Capture;
import dev.mehari.capture.CapturePosition;
import dev.mehari.capture.CaptureQuery;
import dev.mehari.capture.CaptureReader;
import dev.mehari.capture.CaptureReading;
import dev.mehari.capture.CaptureReading.Act;
import dev.mehari.capture.CaptureStore;
import dev.mehari.capture.CapturedCall;
import dev.mehari.failure.StorageUnavailable;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Captures in the table {@code captured_call}. A body is deflated and sealed with this instance's key of the day, for its row and
 * part only: it opens nowhere else. Looking up relies on the indexes by time, by key and by request.
 */
public final class CaptureTable implements CaptureStore {
    /** With a server that says nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    // Whoever purges the key, or drops the day, waits for this or is waited for: then the row is not there.
    private static final String INSERT = "insert into captured_call (" + CaptureRow.COLUMNS
            + ", sealed_with, request_body, answer_body) select " + CaptureRow.PARAMETERS
            + ", sealing.id, ?::bytea, ?::bytea from api_key caller, capture_key sealing"
            + " where caller.id = ? and sealing.id = ? for key share";

    private static final String FIND = "select " + CaptureRow.COLUMNS
            + " from captured_call where $conditions order by at desc, request_id desc limit ?";

    private static final String OPEN = "select " + CaptureRow.COLUMNS
            + ", sealed_with, request_body, answer_body, key_version, secret"
            + " from captured_call left join capture_key on id = sealed_with"
            + " where request_id = ? and (?::timestamptz is null or at = ?) order by at desc limit 1";

    private static final String NOTE =
            "insert into capture_reading (act, request_id, key_id, captures, by_what, client) values (?, ?, ?, ?, ?, ?)";

    private static final String READINGS = "select at, act, request_id, key_id, captures, by_what, client"
            + " from capture_reading order by id desc limit ?";

    private final RouteDataSource database;
    private final CaptureKeys keys;
    private final SecureRandom random;

    public CaptureTable(Database database, SealedSecrets secrets, SecureRandom random) {
        this.database = new RouteDataSource(database, PATIENCE);
        this.random = random;
        keys = new CaptureKeys(secrets, random);
    }

    @Override
    public synchronized int add(List<Capture> captures) throws StorageUnavailable {
        boolean done = false;
        try {
            keys.prepare();
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    int added = insert(connection, captures);
                    connection.commit();
                    done = true;
                    return added;
                } finally {
                    connection.rollback();
                }
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("keeping captured bodies", failure);
        } finally {
            if (!done) {
                keys.forget();
            }
        }
    }

    private int insert(Connection connection, List<Capture> captures) throws SQLException, StorageUnavailable {
        int added = 0;
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            LocalDate ensured = null;
            for (Capture capture : captures) {
                CapturedCall call = capture.call();
                LocalDate day = LocalDate.ofInstant(call.at(), ZoneOffset.UTC);
                if (!day.equals(ensured)) {
                    AuditRollUps.run(connection, "select ensure_day('captured_call', ?)", day);
                    ensured = day;
                }
                CaptureKeys.InUse key = keys.of(connection, day);
                int next = CaptureRow.bind(insert, call);
                insert.setBytes(next++, seal(key, call, "request", capture.request()));
                insert.setBytes(next++, seal(key, call, "answer", capture.answer()));
                insert.setLong(next++, call.keyId());
                insert.setLong(next, key.id());
                added += insert.executeUpdate();
            }
        }
        return added;
    }

    private byte[] seal(CaptureKeys.InUse key, CapturedCall call, String part, byte[] body) {
        return key.key().seal(Deflated.of(body), belongsTo(call, part), random);
    }

    private static String belongsTo(CapturedCall call, String part) {
        return "captured_call:" + call.keyId() + ":" + call.at() + ":" + call.requestId() + ":" + part;
    }

    @Override
    public List<CapturedCall> find(CaptureQuery query) throws StorageUnavailable {
        SqlConditions conditions = new SqlConditions()
                .and("at >= ?", time(query.from()))
                .and("at < ?", time(query.to()))
                .and("key_id = ?", query.keyId())
                .and("request_id = ?", query.requestId());
        CapturePosition after = query.after();
        if (after != null) {
            OffsetDateTime at = AuditRows.time(after.at());
            conditions.and("at <= ?", at).and("(at, request_id) < (?, ?)", at, after.requestId());
        }
        try (Connection connection = database.getConnection();
                PreparedStatement select = conditions.prepare(connection, FIND, query.limit());
                ResultSet rows = select.executeQuery()) {
            List<CapturedCall> found = new ArrayList<>();
            while (rows.next()) {
                found.add(CaptureRow.read(rows));
            }
            return found;
        } catch (SQLException failure) {
            throw SqlOutage.during("searching captured bodies", failure);
        }
    }

    @Override
    public Optional<Capture> open(String requestId, @Nullable Instant at, CaptureReader reader)
            throws CannotOpen, StorageUnavailable {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(OPEN)) {
            select.setString(1, requestId);
            select.setObject(2, time(at));
            select.setObject(3, time(at));
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Capture capture = open(connection, row);
                note(connection, Act.OPENED, requestId, capture.call().keyId(), 1, reader);
                return Optional.of(capture);
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("reading captured bodies", failure);
        }
    }

    private Capture open(Connection connection, ResultSet row) throws SQLException, CannotOpen, StorageUnavailable {
        CapturedCall call = CaptureRow.read(row);
        byte[] secret = row.getBytes("secret");
        try {
            if (secret == null) {
                throw new GeneralSecurityException("its key is gone");
            }
            var key = keys.open(connection, row.getLong("sealed_with"), row.getInt("key_version"), secret);
            return new Capture(
                    call,
                    Deflated.open(
                            key.open(row.getBytes("request_body"), belongsTo(call, "request")),
                            call.request().kept()),
                    Deflated.open(
                            key.open(row.getBytes("answer_body"), belongsTo(call, "answer")),
                            call.answer().kept()));
        } catch (GeneralSecurityException | DataFormatException cannot) {
            throw new CannotOpen("The bodies of this call do not open here: " + cannot.getMessage() + ".");
        }
    }

    @Override
    public int delete(String requestId, CaptureReader reader) throws StorageUnavailable {
        return delete("delete from captured_call where request_id = ? returning key_id", requestId, requestId, reader);
    }

    @Override
    public int deleteOf(long keyId, CaptureReader reader) throws StorageUnavailable {
        return delete("delete from captured_call where key_id = ? returning key_id", keyId, null, reader);
    }

    private int delete(String sql, Object which, @Nullable String requestId, CaptureReader reader)
            throws StorageUnavailable {
        try (Connection connection = database.getConnection()) {
            int[] deleted = {0};
            AuditRollUps.inTransaction(connection, () -> {
                long keyId = 0;
                try (PreparedStatement delete = connection.prepareStatement(sql)) {
                    delete.setObject(1, which);
                    try (ResultSet rows = delete.executeQuery()) {
                        while (rows.next()) {
                            deleted[0]++;
                            keyId = rows.getLong(1);
                        }
                    }
                }
                if (deleted[0] > 0) {
                    note(connection, Act.DELETED, requestId, keyId, deleted[0], reader);
                }
            });
            return deleted[0];
        } catch (SQLException failure) {
            throw SqlOutage.during("deleting captured bodies", failure);
        }
    }

    private static void note(
            Connection connection, Act act, @Nullable String requestId, long keyId, int captures, CaptureReader reader)
            throws SQLException {
        AuditRollUps.run(connection, NOTE, act.text(), requestId, keyId, captures, reader.by(), reader.client());
    }

    @Override
    public List<CaptureReading> readings(int most) throws StorageUnavailable {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(READINGS)) {
            select.setInt(1, most);
            List<CaptureReading> readings = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    readings.add(new CaptureReading(
                            row.getObject("at", OffsetDateTime.class).toInstant(),
                            Act.valueOf(row.getString("act").toUpperCase(Locale.ROOT)),
                            row.getString("request_id"),
                            row.getLong("key_id"),
                            row.getInt("captures"),
                            new CaptureReader(row.getString("by_what"), row.getString("client"))));
                }
            }
            return readings;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading who has read captured bodies", failure);
        }
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant at) {
        return at == null ? null : AuditRows.time(at);
    }
}
