package dev.mehari.storage;

import dev.mehari.credential.MasterKeyChange;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.Keyring;
import dev.mehari.storage.vault.MasterKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a new version of the master key in force and seals every secret anew, 100 rows a transaction, while all instances work
 * on. One that was cut off goes on where it ended when it is asked for again. Blocks for as long as it takes.
 */
public final class MasterKeyRotation implements MasterKeyChange {
    private static final Logger LOG = LoggerFactory.getLogger(MasterKeyRotation.class);
    private static final String DOING = "rotating the master key";
    private static final int BATCH = 100;
    private static final List<Sealed> ALL = List.of(
            new Sealed("credential", "Credential", SealedCredential::belongsTo),
            new Sealed("capture_key", "The key of captured bodies", CaptureKeys::belongsTo));

    private final Database database;
    private final SealedSecrets secrets;

    public MasterKeyRotation(Database database, SealedSecrets secrets) {
        this.database = database;
        this.secrets = secrets;
    }

    /**
     * A table with a column {@code secret} that is sealed with the version in {@code key_version}; null where there is none.
     *
     * @param shown what a row is, for messages
     * @param belongsTo what the secret of a row belongs to
     */
    private record Sealed(String table, String shown, LongFunction<String> belongsTo) {}

    @Override
    public Rotation rotate() throws CannotRotate, StorageUnavailable {
        secrets.ensureKey();
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            int version;
            try {
                version = putInForce(connection);
                connection.commit();
            } finally {
                connection.rollback();
            }
            Rotation all = new Rotation(version, 0, 0);
            for (Sealed some : ALL) {
                all = sealAnew(connection, some, all);
            }
            return all;
        } catch (SQLException failure) {
            throw SqlOutage.during(DOING, failure);
        }
    }

    /** The version to seal with: a new one, unless an earlier rotation has not ended. */
    private int putInForce(Connection connection) throws SQLException, CannotRotate, StorageUnavailable {
        MasterKeyTable.takeAlone(connection);
        Keyring keyring = secrets.sealing(connection);
        MasterKey next = keyring.next();
        if (next == null && isUnfinished(connection, keyring.inForce())) {
            return keyring.inForce();
        }
        try {
            MasterKeyTable.add(
                    connection, keyring.following(next == null ? secrets.keys().make() : next));
        } catch (IOException cannot) {
            throw new CannotRotate(String.valueOf(cannot.getMessage()));
        }
        LOG.info("Master key version {} is in force", keyring.inForce() + 1);
        return keyring.inForce() + 1;
    }

    private static boolean isUnfinished(Connection connection, int version) throws SQLException {
        for (Sealed some : ALL) {
            String sql =
                    "select exists (select from " + some.table() + " where secret is not null and key_version < ?)";
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setInt(1, version);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The same of some more. */
    private Rotation sealAnew(Connection connection, Sealed some, Rotation before)
            throws SQLException, StorageUnavailable {
        int sealed = before.sealed();
        int left = before.left();
        long after = 0;
        for (Batch batch = null; batch == null || batch.rows == BATCH; ) {
            batch = new Batch(some);
            try {
                batch.run(connection, secrets.sealing(connection), before.version(), after);
                connection.commit();
            } finally {
                connection.rollback();
            }
            sealed += batch.sealed;
            left += batch.rows - batch.sealed;
            after = batch.last;
        }
        return new Rotation(before.version(), sealed, left);
    }

    /** Up to a hundred rows, in one transaction. */
    private static final class Batch {
        private final Sealed some;
        private int rows;
        private int sealed;
        private long last;

        Batch(Sealed some) {
            this.some = some;
        }

        void run(Connection connection, Keyring keyring, int version, long after) throws SQLException {
            String select = "select id, key_version, secret from " + some.table()
                    + " where id > ? and secret is not null and key_version < ? order by id limit ? for update";
            String update = "update " + some.table() + " set secret = ?, key_version = ? where id = ?";
            try (PreparedStatement old = connection.prepareStatement(select);
                    PreparedStatement change = connection.prepareStatement(update)) {
                old.setLong(1, after);
                old.setInt(2, version);
                old.setInt(3, BATCH);
                try (ResultSet row = old.executeQuery()) {
                    while (row.next()) {
                        rows++;
                        last = row.getLong("id");
                        sealAnew(row, keyring, change);
                    }
                }
                change.executeBatch();
            }
        }

        private void sealAnew(ResultSet row, Keyring keyring, PreparedStatement change) throws SQLException {
            String belongsTo = some.belongsTo().apply(last);
            try {
                byte[] secret = keyring.open(row.getInt("key_version"), row.getBytes("secret"), belongsTo);
                Keyring.Sealed anew = keyring.seal(secret, belongsTo);
                change.setBytes(1, anew.bytes());
                change.setInt(2, anew.version());
                change.setLong(3, last);
                change.addBatch();
                sealed++;
            } catch (GeneralSecurityException notOurs) {
                LOG.warn("{} {} stays as it is: {}", some.shown(), last, notOurs.getMessage());
            }
        }
    }
}
