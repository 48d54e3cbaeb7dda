package dev.mehari.storage;

import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.Keyring;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code credential} as operators administer it. A change of one credential holds the row's lock; triggers tell
 * every instance.
 */
public final class CredentialRegistryTable implements CredentialRegistry {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String FORGET = "with ended as (delete from credential_bench where credential_id = ?)"
            + ", forgotten as (update credential_use set last_status = null, last_error = null where credential_id = ?)"
            + " update credential set refresh_after = null, refresh_error = null where id = ?";

    private final Database database;
    private final SealedSecrets secrets;

    public CredentialRegistryTable(Database database, SealedSecrets secrets) {
        this.database = database;
        this.secrets = secrets;
    }

    /** What to do with a row that is locked; null when it is done. */
    @FunctionalInterface
    private interface Change {
        @Nullable
        CredentialChange to(Locked row) throws SQLException, InvalidField, StorageUnavailable;
    }

    /** A row that nobody else changes. */
    private record Locked(Connection connection, CredentialEntry entry, ResultSet row, Keyring keyring) {}

    @Override
    public List<CredentialEntry> list(@Nullable String upstream) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            return upstream == null
                    ? entries(connection, "", null)
                    : entries(connection, " where u.name = ?", upstream);
        } catch (SQLException failure) {
            throw SqlOutage.during("listing credentials", failure);
        }
    }

    @Override
    public Optional<CredentialEntry> get(long id) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            return Optional.ofNullable(one(connection, id));
        } catch (SQLException failure) {
            throw SqlOutage.during("reading a credential", failure);
        }
    }

    @Override
    public CredentialChange create(CredentialDraft draft) throws StorageUnavailable {
        secrets.ensureKey();
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try {
                CredentialWriting writing = new CredentialWriting(connection, secrets.sealing(connection));
                Long upstream = writing.upstream(draft.upstream());
                if (upstream == null) {
                    return new CredentialChange.UnknownUpstream(draft.upstream());
                }
                long id = writing.add(upstream, draft, false);
                if (id == 0) {
                    String same = writing.sameAs(upstream, draft.secret(), "");
                    return same == null
                            ? new CredentialChange.NameTaken(draft.fields().name())
                            : new CredentialChange.SameSecret(same);
                }
                CredentialChange done = done(connection, id);
                connection.commit();
                return done;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("keeping a credential", failure);
        }
    }

    @Override
    public CredentialChange change(long id, Edit edit) throws InvalidField, StorageUnavailable {
        secrets.ensureKey();
        return locked(id, locked -> {
            Edited edited = edit.apply(locked.entry, CredentialRow.secret(locked.row, locked.keyring));
            try {
                NewSecret secret = edited.secret();
                Keyring keyring = secret == null ? locked.keyring : secrets.sealing(locked.connection);
                CredentialWriting writing = new CredentialWriting(locked.connection, keyring);
                writing.change(id, edited.fields());
                if (secret != null) {
                    writing.change(id, locked.entry.kind(), secret);
                }
                return null;
            } catch (SQLException failure) {
                if (!UNIQUE_VIOLATION.equals(failure.getSQLState())) {
                    throw failure;
                }
                return String.valueOf(failure.getMessage()).contains("fingerprint")
                        ? new CredentialChange.SameSecret("another")
                        : new CredentialChange.NameTaken(edited.fields().name());
            }
        });
    }

    @Override
    public CredentialChange delete(long id) throws StorageUnavailable {
        return lockedSurely(id, locked -> {
            run(locked.connection, "delete from credential where id = ?", id);
            return new CredentialChange.Done(locked.entry);
        });
    }

    @Override
    public CredentialChange enable(long id) throws StorageUnavailable {
        return lockedSurely(id, locked -> {
            run(
                    locked.connection,
                    "update credential set enabled = true, disabled_for = null, updated_at = now() where id = ?",
                    id);
            forget(locked.connection, id);
            return null;
        });
    }

    @Override
    public CredentialChange disable(long id) throws StorageUnavailable {
        return lockedSurely(id, locked -> {
            run(
                    locked.connection,
                    "update credential set enabled = false, updated_at = now() where id = ? and enabled",
                    id);
            return null;
        });
    }

    @Override
    public CredentialChange release(long id) throws StorageUnavailable {
        return lockedSurely(id, locked -> {
            forget(locked.connection, id);
            return null;
        });
    }

    static void forget(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            statement.setLong(1, id);
            statement.setLong(2, id);
            statement.setLong(3, id);
            statement.executeUpdate();
        }
    }

    private CredentialChange lockedSurely(long id, Change change) throws StorageUnavailable {
        try {
            return locked(id, change);
        } catch (InvalidField impossible) {
            throw new IllegalStateException("no field is changed", impossible);
        }
    }

    private CredentialChange locked(long id, Change change) throws InvalidField, StorageUnavailable {
        String sql = CredentialRow.SELECT + " where c.id = ? for no key update of c";
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                Keyring keyring = secrets.opening(connection);
                select.setLong(1, id);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return new CredentialChange.UnknownCredential();
                    }
                    CredentialEntry entry = CredentialRow.entry(
                            row, keyring, benches(connection).getOrDefault(id, List.of()));
                    CredentialChange changed = change.to(new Locked(connection, entry, row, keyring));
                    CredentialChange result = changed == null ? done(connection, id) : changed;
                    if (result instanceof CredentialChange.Done) {
                        connection.commit();
                    }
                    return result;
                }
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("changing a credential", failure);
        }
    }

    private CredentialChange done(Connection connection, long id) throws SQLException, StorageUnavailable {
        CredentialEntry entry = one(connection, id);
        return entry == null ? new CredentialChange.UnknownCredential() : new CredentialChange.Done(entry);
    }

    private @Nullable CredentialEntry one(Connection connection, long id) throws SQLException, StorageUnavailable {
        List<CredentialEntry> found = entries(connection, " where c.id = ?", id);
        return found.isEmpty() ? null : found.get(0);
    }

    private List<CredentialEntry> entries(Connection connection, String where, @Nullable Object parameter)
            throws SQLException, StorageUnavailable {
        Keyring keyring = secrets.opening(connection);
        Map<Long, List<Bench>> benches = benches(connection);
        try (PreparedStatement select = connection.prepareStatement(CredentialRow.SELECT + where + " order by c.id")) {
            if (parameter != null) {
                select.setObject(1, parameter);
            }
            List<CredentialEntry> entries = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    entries.add(
                            CredentialRow.entry(rows, keyring, benches.getOrDefault(rows.getLong("id"), List.of())));
                }
            }
            return entries;
        }
    }

    private static Map<Long, List<Bench>> benches(Connection connection) throws SQLException {
        String sql = "select " + BenchTable.COLUMNS + " from credential_bench order by credential_id, model";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            Map<Long, List<Bench>> benches = new HashMap<>();
            while (rows.next()) {
                Bench bench = BenchTable.bench(rows);
                benches.computeIfAbsent(bench.credential(), id -> new ArrayList<>())
                        .add(bench);
            }
            return benches;
        }
    }

    private static void run(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
    }
}
