package dev.mehari.storage;

import dev.mehari.caller.KeyChange;
import dev.mehari.caller.KeyEntry;
import dev.mehari.caller.KeyFields;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.NewKey;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code api_key} as operators administer it. Its unique index of the names of keys that are not deleted decides
 * who wins, and its trigger tells every instance of each change. A change of one key holds the row's lock.
 */
public final class KeyRegistryTable implements KeyRegistry {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String SELECT = "select " + KeyRow.ENTRY + " from api_key";
    private static final String INSERT = "insert into api_key (prefix, key_hash, " + String.join(", ", KeyRow.FIELDS)
            + ") values (?, ?" + ", ?".repeat(KeyRow.FIELDS.size()) + ")"
            + " on conflict (name) where deleted_at is null do nothing returning " + KeyRow.ENTRY;
    // A key that does not expire after its first use forgets it, and begins anew when it does again.
    private static final String UPDATE = "update api_key set "
            + KeyRow.FIELDS.stream().map(field -> field + " = ?").collect(Collectors.joining(", "))
            + ", activated_at = case when ? then activated_at end where id = ? returning " + KeyRow.ENTRY;

    private final Database database;

    public KeyRegistryTable(Database database) {
        this.database = database;
    }

    /** What to do with a row that is locked. */
    @FunctionalInterface
    private interface Change {
        KeyChange to(KeyEntry key, Connection connection) throws SQLException, InvalidField;
    }

    @Override
    public KeyChange create(NewKey key, KeyFields fields) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.prefix());
            insert.setString(2, key.hash().hex());
            int unused = KeyRow.bind(insert, 3, fields);
            KeyEntry made = one(insert);
            return made == null ? new KeyChange.NameTaken(fields.name()) : new KeyChange.Done(made);
        } catch (SQLException failure) {
            throw SqlOutage.during("making an API key", failure);
        }
    }

    @Override
    public List<KeyEntry> list() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT + " order by id");
                ResultSet rows = select.executeQuery()) {
            List<KeyEntry> keys = new ArrayList<>();
            while (rows.next()) {
                keys.add(KeyRow.entry(rows));
            }
            return keys;
        } catch (SQLException failure) {
            throw SqlOutage.during("listing API keys", failure);
        }
    }

    @Override
    public Optional<KeyEntry> get(long id) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT + " where id = ?")) {
            select.setLong(1, id);
            return Optional.ofNullable(one(select));
        } catch (SQLException failure) {
            throw SqlOutage.during("reading an API key", failure);
        }
    }

    @Override
    public KeyChange edit(long id, Edit edit) throws InvalidField, StorageUnavailable {
        return change(id, (key, connection) -> {
            if (key.deletedAt() != null) {
                return new KeyChange.WrongState("The key is deleted; restore it first.");
            }
            KeyFields fields = edit.apply(key.fields());
            try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                int next = KeyRow.bind(update, 1, fields);
                update.setBoolean(next, fields.expiry().afterFirstUse() != null);
                update.setLong(next + 1, id);
                return done(update, fields.name());
            }
        });
    }

    @Override
    public KeyChange delete(long id) throws StorageUnavailable {
        return changeState(id, (key, connection) -> {
            if (key.deletedAt() != null) {
                return new KeyChange.Done(key);
            }
            String sql = "update api_key set deleted_at = now() where id = ? returning " + KeyRow.ENTRY;
            return run(connection, sql, key);
        });
    }

    @Override
    public KeyChange restore(long id) throws StorageUnavailable {
        return changeState(id, (key, connection) -> {
            if (key.deletedAt() == null) {
                return new KeyChange.Done(key);
            }
            String sql = "update api_key set deleted_at = null where id = ? returning " + KeyRow.ENTRY;
            return run(connection, sql, key);
        });
    }

    @Override
    public KeyChange purge(long id) throws StorageUnavailable {
        return changeState(id, (key, connection) -> {
            if (key.deletedAt() == null) {
                return new KeyChange.WrongState("The key is not deleted; only a deleted key can be purged.");
            }
            try (PreparedStatement delete = connection.prepareStatement("delete from captured_call where key_id = ?")) {
                delete.setLong(1, key.id());
                delete.executeUpdate();
            }
            return run(connection, "delete from api_key where id = ? returning " + KeyRow.ENTRY, key);
        });
    }

    private KeyChange changeState(long id, Change change) throws StorageUnavailable {
        try {
            return change(id, change);
        } catch (InvalidField impossible) {
            throw new IllegalStateException("no field is changed", impossible);
        }
    }

    private KeyChange change(long id, Change change) throws InvalidField, StorageUnavailable {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(SELECT + " where id = ? for update")) {
                select.setLong(1, id);
                KeyEntry key = one(select);
                KeyChange changed = key == null ? new KeyChange.UnknownKey() : change.to(key, connection);
                if (changed instanceof KeyChange.Done) {
                    connection.commit();
                }
                return changed;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("changing an API key", failure);
        }
    }

    private static KeyChange run(Connection connection, String sql, KeyEntry key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, key.id());
            return done(statement, key.fields().name());
        }
    }

    private static KeyChange done(PreparedStatement statement, String name) throws SQLException {
        try {
            KeyEntry changed = one(statement);
            return changed == null ? new KeyChange.UnknownKey() : new KeyChange.Done(changed);
        } catch (SQLException failure) {
            if (UNIQUE_VIOLATION.equals(failure.getSQLState())) {
                return new KeyChange.NameTaken(name);
            }
            throw failure;
        }
    }

    private static @Nullable KeyEntry one(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? KeyRow.entry(rows) : null;
        }
    }
}
