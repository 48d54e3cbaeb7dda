package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.OperatorStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * The operators' password and sessions in the tables {@code admin_password} and {@code admin_session}. Every request of a
 * session is one update by primary key.
 */
public final class OperatorTable implements OperatorStore {
    private final Database database;

    public OperatorTable(Database database) {
        this.database = database;
    }

    @Override
    public Optional<StoredPassword> password() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement("select hash, version from admin_password");
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new StoredPassword(row.getString("hash"), row.getString("version")))
                    : Optional.empty();
        } catch (SQLException failure) {
            throw SqlOutage.during("logging in", failure);
        }
    }

    @Override
    public void setPassword(String hash) throws StorageUnavailable {
        // one statement, so one transaction; a session begun meanwhile has the old version and never counts
        String sql = "with changed as (insert into admin_password (hash) values (?)"
                + " on conflict (single) do update"
                + " set hash = excluded.hash, version = excluded.version, updated_at = now() returning version)"
                + " delete from admin_session where exists (select from changed)";
        try (Connection connection = database.connection();
                PreparedStatement upsert = connection.prepareStatement(sql)) {
            upsert.setString(1, hash);
            upsert.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("changing the password", failure);
        }
    }

    @Override
    public boolean begin(String tokenHash, String version, SessionLife life) throws StorageUnavailable {
        String sql = "with ended as (delete from admin_session where not (" + alive() + "))"
                + " insert into admin_session (token_hash, password_version)"
                + " select ?, version from admin_password where version = ?";
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            setLife(insert, 1, life);
            insert.setString(3, tokenHash);
            insert.setObject(4, UUID.fromString(version));
            return insert.executeUpdate() == 1;
        } catch (SQLException failure) {
            throw SqlOutage.during("logging in", failure);
        }
    }

    @Override
    public Optional<Instant> use(String tokenHash, SessionLife life) throws StorageUnavailable {
        String sql = "update admin_session set seen_at = now()"
                + " where token_hash = ? and password_version = (select version from admin_password) and " + alive()
                + " returning created_at";
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, tokenHash);
            setLife(update, 2, life);
            try (ResultSet row = update.executeQuery()) {
                return row.next()
                        ? Optional.of(row.getObject("created_at", OffsetDateTime.class)
                                .toInstant()
                                .plus(life.longest()))
                        : Optional.empty();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("checking a session", failure);
        }
    }

    @Override
    public void end(String tokenHash) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement delete =
                        connection.prepareStatement("delete from admin_session where token_hash = ?")) {
            delete.setString(1, tokenHash);
            delete.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("logging out", failure);
        }
    }

    /** Takes the two parameters that {@link #setLife} sets. */
    private static String alive() {
        return "seen_at > now() - ? * interval '1 ms' and created_at > now() - ? * interval '1 ms'";
    }

    private static void setLife(PreparedStatement statement, int first, SessionLife life) throws SQLException {
        statement.setLong(first, life.idle().toMillis());
        statement.setLong(first + 1, life.longest().toMillis());
    }
}
