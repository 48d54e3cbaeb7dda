package dev.mehari.storage;

import dev.mehari.credential.TokenStore;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens in the table {@code credential}, by its primary key but for {@link #due}, which reads the whole table: a few hundred
 * rows. The database's clock decides how long a claim or a rest lasts, so that instances whose clocks differ agree. A new
 * version of a token, or {@code enabled} that changes, is told to all instances by the table's trigger.
 */
public final class TokenTable implements TokenStore {
    private static final String DUE = """
            select id from credential
             where kind = 'oauth' and enabled and secret is not null
               and (token_expires is null or token_expires <= ?)
               and (token_claim is null or token_claim <= now())
               and (refresh_after is null or refresh_after <= now())
             order by token_expires nulls first
            """;
    private static final String STATE = """
            select u.name as upstream, c.name, c.enabled, c.token_version, c.token_expires, c.refreshed_at,
                   c.refresh_error, coalesce(c.token_claim > now(), false) as claimed,
                   coalesce(c.refresh_after > now(), false) as resting
              from credential c join upstream u on u.id = c.upstream_id
             where c.id = ? and c.kind = 'oauth' and c.secret is not null
            """;
    private static final String CLAIM = """
            with claimed as (
                update credential set token_claim = now() + ? * interval '1 millisecond'
                 where id = ? and kind = 'oauth' and enabled and secret is not null and token_version = ?
                   and (token_claim is null or token_claim <= now())
                returning upstream_id, secret, key_version)
            select c.secret, c.key_version, u.forward_proxy from claimed c join upstream u on u.id = c.upstream_id
            """;
    private static final String SEALED =
            "select secret, key_version from credential where id = ? and token_version = ? for update";
    private static final String STORE = """
            update credential
               set secret = ?, key_version = ?, token_version = token_version + 1, token_expires = ?, token_claim = null,
                   refresh_after = null, refresh_error = null, refreshed_at = now(), updated_at = now()
             where id = ? and token_version = ?
            """;
    private static final String FAILED = """
            update credential
               set token_claim = null, refresh_error = ?, refresh_after = now() + ? * interval '1 millisecond'
             where id = ? and token_version = ?
            """;
    private static final String REFUSED = """
            update credential
               set token_claim = null, refresh_error = ?, enabled = false, disabled_for = 'refresh refused: ' || ?,
                   updated_at = now()
             where id = ? and token_version = ?
            """;

    private final Database database;
    private final SecretBox box;
    private final Clock clock;

    public TokenTable(Database database, SecretBox box, Clock clock) {
        this.database = database;
        this.box = box;
        this.clock = clock;
    }

    @Override
    public List<Long> due(Instant before) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(DUE)) {
            select.setTimestamp(1, Timestamp.from(before));
            try (ResultSet rows = select.executeQuery()) {
                List<Long> due = new ArrayList<>();
                while (rows.next()) {
                    due.add(rows.getLong(1));
                }
                return due;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("looking for tokens that end", failure);
        }
    }

    @Override
    public @Nullable TokenState state(long credential) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(STATE)) {
            select.setLong(1, credential);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new TokenState(
                                credential,
                                row.getString("upstream"),
                                row.getString("name"),
                                row.getBoolean("enabled"),
                                row.getLong("token_version"),
                                instant(row.getTimestamp("token_expires")),
                                instant(row.getTimestamp("refreshed_at")),
                                row.getBoolean("claimed"),
                                row.getBoolean("resting"),
                                row.getString("refresh_error"))
                        : null;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("reading how a token is", failure);
        }
    }

    @Override
    public @Nullable Grant claim(long credential, long tokenVersion, Instant until) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setLong(1, millisUntil(until));
            claim.setLong(2, credential);
            claim.setLong(3, tokenVersion);
            try (ResultSet row = claim.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                byte[] plain =
                        box.opening(connection).open(credential, row.getInt("key_version"), row.getBytes("secret"));
                return TokenSecret.read(plain).grant(row.getString("forward_proxy"));
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("claiming a refresh", failure);
        }
    }

    @Override
    public void store(long credential, long tokenVersion, Tokens tokens) throws StorageUnavailable {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try {
                SecretBox.Sealer sealer = box.sealing(connection);
                TokenSecret secret = locked(connection, sealer, credential, tokenVersion);
                if (secret != null) {
                    store(connection, credential, tokenVersion, sealer.seal(credential, secret.with(tokens)), tokens);
                    connection.commit();
                }
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("storing a token", failure);
        }
    }

    private static @Nullable TokenSecret locked(
            Connection connection, SecretBox.Opener opener, long credential, long tokenVersion) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SEALED)) {
            select.setLong(1, credential);
            select.setLong(2, tokenVersion);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? TokenSecret.read(opener.open(credential, row.getInt(2), row.getBytes(1))) : null;
            }
        }
    }

    private static void store(
            Connection connection, long credential, long tokenVersion, SecretBox.Sealed sealed, Tokens tokens)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(STORE)) {
            update.setBytes(1, sealed.bytes());
            update.setInt(2, sealed.keyVersion());
            update.setTimestamp(3, tokens.expires() == null ? null : Timestamp.from(tokens.expires()));
            update.setLong(4, credential);
            update.setLong(5, tokenVersion);
            update.executeUpdate();
        }
    }

    @Override
    public void failed(long credential, long tokenVersion, String reason, Instant notBefore) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(FAILED)) {
            update.setString(1, reason);
            update.setLong(2, millisUntil(notBefore));
            update.setLong(3, credential);
            update.setLong(4, tokenVersion);
            update.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("noting that a refresh failed", failure);
        }
    }

    @Override
    public void refused(long credential, long tokenVersion, String reason) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(REFUSED)) {
            update.setString(1, reason);
            update.setString(2, reason);
            update.setLong(3, credential);
            update.setLong(4, tokenVersion);
            update.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("disabling a credential", failure);
        }
    }

    private long millisUntil(Instant end) {
        return Math.max(0, Duration.between(clock.instant(), end).toMillis());
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
