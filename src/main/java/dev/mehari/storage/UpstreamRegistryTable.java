package dev.mehari.storage;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.UpstreamChange;
import dev.mehari.upstream.UpstreamDeclaration;
import dev.mehari.upstream.UpstreamEntry;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamRegistry;
import dev.mehari.upstream.UpstreamStore.Event;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code upstream} as operators and the declarative file administer it. The unique index of names decides who wins,
 * and its trigger tells every instance of each change. A change of one upstream holds its row's lock; whoever declares holds
 * an advisory lock of the database.
 */
public final class UpstreamRegistryTable implements UpstreamRegistry, UpstreamDeclaration {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String SELECT = "select " + UpstreamRow.ENTRY + " from upstream";
    private static final String COLUMNS = String.join(", ", UpstreamRow.FIELDS);
    private static final String INSERT = "insert into upstream (" + COLUMNS + ") values (" + UpstreamRow.parameters()
            + ") on conflict (name) do nothing returning " + UpstreamRow.ENTRY;
    private static final String UPDATE = "update upstream set updated_at = now(), (" + COLUMNS + ") = row("
            + UpstreamRow.parameters() + ") where id = ? returning " + UpstreamRow.ENTRY;
    private static final String DECLARE = "insert into upstream as u (declared, " + COLUMNS + ") values (true, "
            + UpstreamRow.parameters() + ") on conflict (name) do update set updated_at = now(), declared = true, "
            + UpstreamRow.FIELDS.stream()
                    .map(field -> field + " = excluded." + field)
                    .collect(Collectors.joining(", "))
            + " where (u.declared, " + prefixed("u.") + ") is distinct from (true, " + prefixed("excluded.") + ")";
    /** Of Mehari's advisory locks, that of whoever declares. */
    private static final String LOCK = "hashtext('mehari upstreams'), hashtext(current_schema())";

    private final Database database;

    public UpstreamRegistryTable(Database database) {
        this.database = database;
    }

    private static String prefixed(String prefix) {
        return UpstreamRow.FIELDS.stream().map(field -> prefix + field).collect(Collectors.joining(", "));
    }

    @Override
    public List<UpstreamEntry> list() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT + " order by name");
                ResultSet rows = select.executeQuery()) {
            List<UpstreamEntry> upstreams = new ArrayList<>();
            while (rows.next()) {
                upstreams.add(UpstreamRow.entry(rows));
            }
            return upstreams;
        } catch (SQLException failure) {
            throw SqlOutage.during("listing upstreams", failure);
        }
    }

    @Override
    public Optional<UpstreamEntry> get(String name) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(SELECT + " where name = ?")) {
            select.setString(1, name);
            return Optional.ofNullable(one(select));
        } catch (SQLException failure) {
            throw SqlOutage.during("reading an upstream", failure);
        }
    }

    @Override
    public UpstreamChange create(UpstreamFields fields) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            int unused = UpstreamRow.bind(insert, 1, fields);
            UpstreamEntry made = one(insert);
            return made == null ? new UpstreamChange.NameTaken(fields.name()) : new UpstreamChange.Done(made);
        } catch (SQLException failure) {
            throw SqlOutage.during("adding an upstream", failure);
        }
    }

    @Override
    public UpstreamChange edit(String name, Edit edit) throws InvalidField, StorageUnavailable {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(SELECT + " where name = ? for update");
                    PreparedStatement update = connection.prepareStatement(UPDATE)) {
                select.setString(1, name);
                UpstreamEntry before = one(select);
                if (before == null) {
                    return new UpstreamChange.Unknown();
                }
                UpstreamFields fields = edit.apply(before.fields());
                int next = UpstreamRow.bind(update, 1, fields);
                update.setLong(next, before.id());
                UpstreamChange changed = renamed(update, fields.name());
                if (changed instanceof UpstreamChange.Done) {
                    connection.commit();
                }
                return changed;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("changing an upstream", failure);
        }
    }

    private static UpstreamChange renamed(PreparedStatement update, String name) throws SQLException {
        try {
            return new UpstreamChange.Done(Objects.requireNonNull(one(update)));
        } catch (SQLException failure) {
            if (UNIQUE_VIOLATION.equals(failure.getSQLState())) {
                return new UpstreamChange.NameTaken(name);
            }
            throw failure;
        }
    }

    @Override
    public UpstreamChange delete(String name) throws StorageUnavailable {
        String sql = "delete from upstream where name = ? returning " + UpstreamRow.ENTRY;
        try (Connection connection = database.connection();
                PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, name);
            UpstreamEntry deleted = one(delete);
            return deleted == null ? new UpstreamChange.Unknown() : new UpstreamChange.Done(deleted);
        } catch (SQLException failure) {
            throw SqlOutage.during("removing an upstream", failure);
        }
    }

    @Override
    public List<Event> events(@Nullable String upstream, int most) throws StorageUnavailable {
        String sql = "select at, upstream, credential, what, detail from upstream_event"
                + (upstream == null ? "" : " where upstream = ?") + " order by at desc, id desc limit ?";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            int next = 1;
            if (upstream != null) {
                select.setString(next++, upstream);
            }
            select.setInt(next, most);
            try (ResultSet rows = select.executeQuery()) {
                List<Event> events = new ArrayList<>();
                while (rows.next()) {
                    events.add(new Event(
                            Objects.requireNonNull(KeyRow.instant(rows, "at")),
                            rows.getString("upstream"),
                            rows.getString("credential"),
                            rows.getString("what"),
                            rows.getString("detail")));
                }
                return events;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("reading events", failure);
        }
    }

    // The lock outlives the transaction, since the rest needs the upstreams committed. Closing the connection would not
    // free it: the pool keeps it open.
    @Override
    public void declare(List<UpstreamFields> upstreams, Rest rest) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            run(connection, "select pg_advisory_lock(" + LOCK + ")");
            try {
                declare(connection, upstreams);
                rest.apply();
            } finally {
                run(connection, "select pg_advisory_unlock(" + LOCK + ")");
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("declaring upstreams", failure);
        }
    }

    private static void declare(Connection connection, List<UpstreamFields> upstreams) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement remove =
                        connection.prepareStatement("delete from upstream where declared and not (name = any (?))");
                PreparedStatement upsert = connection.prepareStatement(DECLARE)) {
            Array names = connection.createArrayOf(
                    "text", upstreams.stream().map(UpstreamFields::name).toArray());
            remove.setArray(1, names);
            remove.executeUpdate();
            for (UpstreamFields fields : upstreams) {
                int unused = UpstreamRow.bind(upsert, 1, fields);
                upsert.executeUpdate();
            }
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static @Nullable UpstreamEntry one(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? UpstreamRow.entry(rows) : null;
        }
    }
}
