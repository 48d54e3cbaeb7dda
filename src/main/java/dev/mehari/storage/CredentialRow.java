package dev.mehari.storage;

import dev.mehari.caller.AllowList;
import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.storage.vault.Keyring;
import java.security.GeneralSecurityException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A row of {@code credential} with its use, from and to what features know of a credential. */
final class CredentialRow {
    /** Columns that {@link #bind} fills, in its order. */
    static final List<String> FIELDS = List.of(
            "name",
            "email",
            "header",
            "priority",
            "weight",
            "max_concurrent",
            "daily_quota",
            "user_gap_ms",
            "models",
            "enabled");
    /** What {@link #entry} reads, without benches; takes no parameters. */
    static final String SELECT = "select c.id, u.name as upstream, c.kind, c.secret, c.key_version, c.disabled_for,"
            + " c.declared, c.token_expires, c.token_claim, c.refresh_after, c.refresh_error, c.created_at,"
            + " case when c.quota_day = (now() at time zone 'UTC')::date then c.quota_used else 0 end as quota_used, "
            + FIELDS.stream().map(field -> "c." + field).collect(Collectors.joining(", ")) + ", "
            + CredentialUseTable.COLUMNS
            + " from credential c join upstream u on u.id = c.upstream_id"
            + " left join credential_use s on s.credential_id = c.id";

    private static final int HINT = 4;
    private static final int SHORTEST_WITH_HINT = 16;

    private CredentialRow() {}

    static CredentialEntry entry(ResultSet row, Keyring keyring, List<Bench> benches) throws SQLException {
        long id = row.getLong("id");
        CredentialSecret secret = secret(row, keyring);
        return new CredentialEntry(
                id,
                row.getString("upstream"),
                kind(row),
                fields(row),
                secret != null,
                secret == null ? "" : hint(secret.distinctive().reveal()),
                row.getString("disabled_for"),
                benches,
                new CredentialEntry.Token(
                        KeyRow.instant(row, "token_expires"),
                        KeyRow.instant(row, "token_claim"),
                        KeyRow.instant(row, "refresh_after"),
                        row.getString("refresh_error")),
                CredentialUseTable.use(id, row),
                row.getLong("quota_used"),
                row.getBoolean("declared"),
                Objects.requireNonNull(KeyRow.instant(row, "created_at")));
    }

    /** Null when it does not open here. */
    static @Nullable CredentialSecret secret(ResultSet row, Keyring keyring) throws SQLException {
        byte[] sealed = row.getBytes("secret");
        if (sealed == null) {
            return null;
        }
        try {
            return SealedCredential.open(keyring, row.getLong("id"), row.getInt("key_version"), sealed);
        } catch (GeneralSecurityException notHere) {
            return null;
        }
    }

    static CredentialFields fields(ResultSet row) throws SQLException {
        return new CredentialFields(
                row.getString("name"),
                row.getString("email"),
                row.getString("header"),
                row.getInt("priority"),
                row.getInt("weight"),
                row.getInt("max_concurrent"),
                row.getLong("daily_quota"),
                Duration.ofMillis(row.getInt("user_gap_ms")),
                new AllowList(KeyRow.list(row, "models")),
                row.getBoolean("enabled"));
    }

    /** Fills the parameters of {@link #FIELDS}; returns the number of the next one. */
    static int bind(PreparedStatement statement, int first, CredentialFields fields) throws SQLException {
        int i = first;
        statement.setString(i++, fields.name());
        statement.setString(i++, fields.email());
        statement.setString(i++, fields.header());
        statement.setInt(i++, fields.priority());
        statement.setInt(i++, fields.weight());
        statement.setInt(i++, fields.maxConcurrent());
        statement.setLong(i++, fields.dailyQuota());
        statement.setInt(i++, (int) fields.userGap().toMillis());
        statement.setArray(
                i++,
                statement
                        .getConnection()
                        .createArrayOf("text", fields.models().patterns().toArray()));
        statement.setBoolean(i++, fields.enabled());
        return i;
    }

    static Credential.Kind kind(ResultSet row) throws SQLException {
        return Credential.Kind.valueOf(row.getString("kind").replace('-', '_').toUpperCase(Locale.ROOT));
    }

    static String text(Credential.Kind kind) {
        return kind.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }

    private static String hint(String secret) {
        return secret.length() < SHORTEST_WITH_HINT ? "" : secret.substring(secret.length() - HINT);
    }
}
