package dev.mehari.storage;

import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialRegistry.NewSecret;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.storage.vault.Keyring;
import dev.mehari.storage.vault.Keyring.Sealed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes credentials in a transaction that others began. The two unique constraints of the table decide who wins. */
final class CredentialWriting {
    private static final String INSERT = "insert into credential (id, upstream_id, kind, declared, secret, key_version,"
            + " fingerprint, token_version, token_expires, "
            + String.join(", ", CredentialRow.FIELDS) + ") overriding system value values (?, ?, ?, ?, ?, ?, ?, ?, ?"
            + ", ?".repeat(CredentialRow.FIELDS.size()) + ") on conflict do nothing";
    private static final String UPDATE = "update credential set "
            + CredentialRow.FIELDS.stream().map(field -> field + " = ?").collect(Collectors.joining(", "))
            + ", disabled_for = case when ? then null else disabled_for end, updated_at = now() where id = ?";

    private final Connection connection;
    private final Keyring keyring;

    CredentialWriting(Connection connection, Keyring keyring) {
        this.connection = connection;
        this.keyring = keyring;
    }

    /** The id of an upstream, which nobody else adds credentials to until the transaction ends; null when there is none. */
    @Nullable
    Long upstream(String name) throws SQLException {
        String sql = "select id from upstream where name = ? for no key update";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }

    /** The name of the credential that has the same secret, or the same e-mail address; null when none has. */
    @Nullable
    String sameAs(long upstream, CredentialSecret secret, String email) throws SQLException {
        String sql = "select name from credential where upstream_id = ?"
                + " and (fingerprint = ? or (? <> '' and lower(email) = lower(?))) order by fingerprint = ? desc limit 1";
        byte[] fingerprint = SealedCredential.fingerprint(keyring, secret);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, upstream);
            select.setBytes(2, fingerprint);
            select.setString(3, email);
            select.setString(4, email);
            select.setBytes(5, fingerprint);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** Adds a credential; 0 when its name, or its secret, is there already. */
    long add(long upstream, CredentialDraft draft, boolean declared) throws SQLException {
        long id = nextId();
        Sealed sealed = SealedCredential.seal(keyring, id, draft.secret());
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, id);
            insert.setLong(2, upstream);
            insert.setString(3, CredentialRow.text(draft.kind()));
            insert.setBoolean(4, declared);
            insert.setBytes(5, sealed.bytes());
            insert.setInt(6, sealed.version());
            insert.setBytes(7, SealedCredential.fingerprint(keyring, draft.secret()));
            insert.setLong(8, hasToken(draft) ? 1 : 0);
            insert.setObject(9, BenchTable.at(draft.tokenExpires()));
            int unused = CredentialRow.bind(insert, 10, draft.fields());
            return insert.executeUpdate() == 1 ? id : 0;
        }
    }

    void change(long id, CredentialFields fields) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            int next = CredentialRow.bind(update, 1, fields);
            update.setBoolean(next, fields.enabled());
            update.setLong(next + 1, id);
            update.executeUpdate();
        }
    }

    /** Puts another secret in place; what was learnt of the old one's refreshes is forgotten. */
    void change(long id, Credential.Kind kind, NewSecret changed) throws SQLException {
        String sql = "update credential set secret = ?, key_version = ?, fingerprint = ?, token_expires = ?,"
                + " token_version = token_version + ?, token_claim = null, refresh_after = null, refresh_error = null"
                + " where id = ?";
        Sealed sealed = SealedCredential.seal(keyring, id, changed.secret());
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setBytes(1, sealed.bytes());
            update.setInt(2, sealed.version());
            update.setBytes(3, SealedCredential.fingerprint(keyring, changed.secret()));
            update.setObject(4, BenchTable.at(changed.tokenExpires()));
            update.setInt(5, kind == Credential.Kind.OAUTH ? 1 : 0);
            update.setLong(6, id);
            update.executeUpdate();
        }
    }

    private static boolean hasToken(CredentialDraft draft) {
        return draft.secret() instanceof CredentialSecret.OAuth oauth && oauth.accessToken() != null;
    }

    private long nextId() throws SQLException {
        String sql = "select nextval(pg_get_serial_sequence('credential', 'id'))";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
