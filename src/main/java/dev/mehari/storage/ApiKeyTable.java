package dev.mehari.storage;

import dev.mehari.caller.Caller;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyHash;
import dev.mehari.caller.KeyStore;
import dev.mehari.caller.NewKey;
import dev.mehari.caller.StoredKey;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.QueueLimit;
import dev.mehari.limits.WindowLimit;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Callers' keys in the table {@code api_key}. Look-ups rely on the unique index of {@code key_hash}. */
public final class ApiKeyTable implements KeyStore {
    /** Notified of every change, with the key's hash. */
    public static final String CHANNEL = "mehari_api_key";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String SELECT =
            "select key_hash, id, name, priority, enabled, expires_at, concurrency, requests, requests_window_ms,"
                    + " tokens_per_minute, tokens, tokens_window_ms, cost_daily, cost_weekly, cost_total, queue_size,"
                    + " queue_timeout_ms from api_key where key_hash = any(?)";

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
        OffsetDateTime expires = row.getObject("expires_at", OffsetDateTime.class);
        return StoredKey.of(
                KeyHash.ofHex(row.getString("key_hash")),
                new Caller(Long.toString(row.getLong("id")), row.getString("name"), row.getInt("priority")),
                row.getBoolean("enabled"),
                expires == null ? null : expires.toInstant(),
                limits(row));
    }

    private static KeyLimits limits(ResultSet row) throws SQLException {
        int queueSize = row.getInt("queue_size");
        return new KeyLimits(
                row.getInt("concurrency"),
                window(row.getLong("requests"), row.getLong("requests_window_ms")),
                row.getLong("tokens_per_minute"),
                window(row.getLong("tokens"), row.getLong("tokens_window_ms")),
                row.getLong("cost_daily"),
                row.getLong("cost_weekly"),
                row.getLong("cost_total"),
                queueSize == 0 ? null : new QueueLimit(queueSize, Duration.ofMillis(row.getLong("queue_timeout_ms"))));
    }

    private static @Nullable WindowLimit window(long most, long millis) {
        return most == 0 ? null : new WindowLimit(most, Duration.ofMillis(millis));
    }
}
