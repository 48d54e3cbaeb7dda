package dev.mehari.storage;

import dev.mehari.config.Secret;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.ConfiguredKeys;
import dev.mehari.storage.vault.Keyring;
import dev.mehari.storage.vault.MasterKey;
import dev.mehari.storage.vault.MasterKeyFile;
import dev.mehari.storage.vault.MasterKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens and seals secrets in the database with the master keys of this instance. The first secret ever kept makes a master key
 * where none is configured, and writes into the table {@code master_key} how to recognise it; from then on every instance on
 * this database needs the same. Whoever seals holds a lock on that table until its transaction ends, so that a rotation,
 * which waits for them, finds all that older versions have sealed. Blocks; for any thread.
 */
public final class SealedSecrets {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(60);

    private final Database database;
    private final MasterKeys keys;
    private final SecureRandom random;

    private SealedSecrets(Database database, MasterKeys keys, SecureRandom random) {
        this.database = database;
        this.keys = keys;
        this.random = random;
    }

    /**
     * Checks that what is sealed in {@code database} can be opened here.
     *
     * @param configured {@code mehari.credentials.master-key}; null for the file in {@code dataFolder}
     * @param random a secure source
     * @throws StorageStartException when this instance has another master key; nothing has changed
     */
    public static SealedSecrets open(
            Database database, @Nullable Secret configured, Path dataFolder, SecureRandom random) {
        try {
            MasterKeys keys =
                    configured == null ? new MasterKeyFile(dataFolder, random) : new ConfiguredKeys(configured);
            SealedSecrets secrets = new SealedSecrets(database, keys, random);
            try (Connection connection = database.dataSource().getConnection()) {
                Keyring keyring = secrets.keyring(connection);
                if (keyring.isLocked()) {
                    throw new StorageStartException(secrets.locked(keyring), null);
                }
            }
            return secrets;
        } catch (IllegalArgumentException | IOException unusable) {
            throw new StorageStartException(String.valueOf(unusable.getMessage()), unusable);
        } catch (SQLException failure) {
            throw new StorageStartException(
                    "the master key cannot be checked, for " + database.shown() + " does not answer", failure);
        }
    }

    /** What opens secrets, as the database and the keys are now. */
    Keyring opening(Connection connection) throws SQLException, StorageUnavailable {
        try {
            return keyring(connection);
        } catch (IOException unreadable) {
            throw unusable(unreadable);
        }
    }

    /**
     * What seals secrets, for the transaction that {@code connection} has open. Call {@link #ensureKey} before it begins.
     *
     * @throws StorageUnavailable when this instance has another master key than the one in force
     */
    Keyring sealing(Connection connection) throws SQLException, StorageUnavailable {
        MasterKeyTable.holdStill(connection);
        Keyring keyring = opening(connection);
        if (keyring.isLocked() || keyring.inForce() == 0) {
            throw unusable(new IOException(locked(keyring)));
        }
        return keyring;
    }

    /** Makes the first master key, and the first version in the database, where there is none. */
    void ensureKey() throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try {
                if (MasterKeyTable.versions(connection).isEmpty()) {
                    MasterKeyTable.takeAlone(connection);
                    Keyring keyring = keyring(connection);
                    if (keyring.inForce() == 0) {
                        List<MasterKey> given = keys.all();
                        MasterKeyTable.add(connection, keyring.first(given.isEmpty() ? keys.make() : given.get(0)));
                        connection.commit();
                    }
                }
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("keeping a secret", failure);
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
    }

    MasterKeys keys() {
        return keys;
    }

    private Keyring keyring(Connection connection) throws SQLException, IOException {
        return new Keyring(MasterKeyTable.versions(connection), keys.all(), random);
    }

    private String locked(Keyring keyring) {
        return "the secrets in " + database.shown() + " are sealed with master key version " + keyring.inForce()
                + ", and " + keys.shown() + " has " + (keyring.versions().isEmpty() ? "another" : "an older one")
                + ": all instances need the same. Copy the file " + MasterKeyFile.NAME
                + " from the data folder of the instance that has it, or set mehari.credentials.master-key to the same"
                + " text on each. Nothing was changed";
    }

    private static StorageUnavailable unusable(IOException cause) {
        return new StorageUnavailable(String.valueOf(cause.getMessage()), RETRY_AFTER, cause);
    }
}
