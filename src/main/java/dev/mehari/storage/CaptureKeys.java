package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.DataKey;
import dev.mehari.storage.vault.Keyring;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/** What this instance seals bodies with: a key of its own for each day, kept sealed in {@code capture_key}. For one thread. */
final class CaptureKeys {
    private final SealedSecrets secrets;
    private final SecureRandom random;
    private final Map<LocalDate, InUse> byDay = new HashMap<>();

    CaptureKeys(SealedSecrets secrets, SecureRandom random) {
        this.secrets = secrets;
        this.random = random;
    }

    /** @param id of its row */
    record InUse(long id, DataKey key) {}

    /** What the sealed key of a row belongs to. */
    static String belongsTo(long id) {
        return "capture_key:" + id + ":secret";
    }

    /** To be called before the transaction of {@link #of}. */
    void prepare() throws StorageUnavailable {
        if (byDay.isEmpty()) {
            secrets.ensureKey();
        }
    }

    /** That of {@code day}, which counts once the transaction has been committed; if it never is, {@link #forget}. */
    InUse of(Connection connection, LocalDate day) throws SQLException, StorageUnavailable {
        InUse known = byDay.get(day);
        if (known != null) {
            return known;
        }
        Keyring keyring = secrets.sealing(connection);
        InUse made = new InUse(next(connection), DataKey.random(random));
        Keyring.Sealed sealed = keyring.seal(made.key().secret(), belongsTo(made.id()));
        AuditRollUps.run(
                connection,
                "insert into capture_key (id, day, key_version, secret) values (?, ?, ?, ?)",
                made.id(),
                day,
                sealed.version(),
                sealed.bytes());
        byDay.keySet().removeIf(old -> old.isBefore(day.minusDays(1)));
        byDay.put(day, made);
        return made;
    }

    /** Makes new keys from now on. */
    void forget() {
        byDay.clear();
    }

    /** The key of a row. */
    DataKey open(Connection connection, long id, int version, byte[] sealed)
            throws SQLException, StorageUnavailable, GeneralSecurityException {
        return new DataKey(secrets.opening(connection).open(version, sealed, belongsTo(id)));
    }

    private static long next(Connection connection) throws SQLException {
        String sql = "select nextval(pg_get_serial_sequence('capture_key', 'id'))";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
