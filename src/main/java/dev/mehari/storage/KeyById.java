package dev.mehari.storage;

import dev.mehari.caller.KeyHash;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Limits of a key by its number, in the table {@code api_key}, for operators. */
public final class KeyById {
    private final Database database;
    private final ApiKeyTable keys;

    public KeyById(Database database) {
        this.database = database;
        keys = new ApiKeyTable(database);
    }

    /** The limits of a key, {@link KeyLimits#NONE} where it has none; empty for an unknown key. */
    public Optional<KeyLimits> limits(long keyId) throws StorageUnavailable {
        Optional<KeyHash> hash = hash(keyId);
        return hash.isEmpty()
                ? Optional.empty()
                : keys.find(hash.get())
                        .map(key -> key.limited() == null
                                ? KeyLimits.NONE
                                : key.limited().limits());
    }

    private Optional<KeyHash> hash(long keyId) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement("select key_hash from api_key where id = ?")) {
            select.setLong(1, keyId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(KeyHash.ofHex(row.getString("key_hash"))) : Optional.empty();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("looking a key up", failure);
        }
    }
}
