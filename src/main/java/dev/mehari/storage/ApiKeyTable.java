package dev.mehari.storage;

import dev.mehari.caller.Caller;
import dev.mehari.caller.Expiry;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyHash;
import dev.mehari.caller.KeyStore;
import dev.mehari.caller.NewKey;
import dev.mehari.caller.StoredKey;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitedKey;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Callers' keys in the table {@code api_key}. Look-ups rely on the unique index of {@code key_hash}. */
public final class ApiKeyTable implements KeyStore {
    /** Notified of every change, with the key's hash. */
    public static final String CHANNEL = "mehari_api_key";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String SELECT =
            "select key_hash, id, name, priority, enabled, expires_at, expires_after_ms, activated_at, deleted_at,"
                    + " allowed_models, allowed_clients, allowed_upstreams, capture, capture_until, " + KeyRow.LIMITS
                    + " from api_key where key_hash = any(?)";

    private final Database database;

    public ApiKeyTable(Database database) {
        this.database = database;
    }

    /** Keeps {@code keys} as this table is, whoever changes it. */
    public static void follow(ChangeListener listener, KeyCache keys) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String hash) throws StorageUnavailable {
                // anyone with access to the database can notify anything
                if (HASH.matcher(hash).matches()) {
                    keys.changed(KeyHash.ofHex(hash));
                } else {
                    keys.anythingChanged();
                }
            }

            @Override
            public void anythingChanged() throws StorageUnavailable {
                keys.anythingChanged();
            }
        });
    }

    @Override
    public Optional<StoredKey> find(KeyHash hash) throws StorageUnavailable {
        return findAll(List.of(hash)).stream().findFirst();
    }

    @Override
    public List<StoredKey> findAll(Collection<KeyHash> hashes) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            Array wanted = connection.createArrayOf(
                    "text", hashes.stream().map(KeyHash::hex).toArray());
            select.setArray(1, wanted);
            List<StoredKey> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(key(rows));
                }
            }
            return keys;
        } catch (SQLException failure) {
            throw SqlOutage.during("checking an API key", failure);
        }
    }

    @Override
    public void activate(KeyHash hash, Instant firstUse) throws StorageUnavailable {
        String sql = "update api_key set activated_at = ?"
                + " where key_hash = ? and activated_at is null and expires_after_ms > 0";
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setObject(1, firstUse.atOffset(ZoneOffset.UTC));
            update.setString(2, hash.hex());
            update.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("noting the first use of an API key", failure);
        }
    }

    @Override
    public boolean createFirst(NewKey key, String name) throws StorageUnavailable {
        String sql = "insert into api_key (name, prefix, key_hash)"
                + " select ?, ?, ? where not exists (select from api_key)"
                + " on conflict do nothing";
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, name);
            insert.setString(2, key.prefix());
            insert.setString(3, key.hash().hex());
            return insert.executeUpdate() == 1;
        } catch (SQLException failure) {
            throw SqlOutage.during("making the first API key", failure);
        }
    }

    private static StoredKey key(ResultSet row) throws SQLException {
        Expiry expiry = KeyRow.expiry(row);
        Instant activated = KeyRow.instant(row, "activated_at");
        Instant expiresAt = expiry.from(activated);
        long id = row.getLong("id");
        KeyLimits limits = KeyRow.limits(row);
        return new StoredKey(
                KeyHash.ofHex(row.getString("key_hash")),
                new Caller(Long.toString(id), row.getString("name"), row.getInt("priority"), KeyRow.access(row)),
                row.getBoolean("enabled"),
                row.getObject("deleted_at") != null,
                expiresAt,
                expiry.afterFirstUse() != null && activated == null,
                limits.isNone() ? null : new LimitedKey(id, limits),
                KeyRow.capture(row));
    }
}
