package dev.mehari.storage;

import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialRegistry.NewSecret;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.credential.TokenStore.Grant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the declared credentials of one upstream those of the file, in a transaction that others began. */
final class DeclaredChanges {
    private final Connection connection;
    private final CredentialWriting writing;
    private final long upstream;
    private final String upstreamName;

    DeclaredChanges(Connection connection, CredentialWriting writing, long upstream, String upstreamName) {
        this.connection = connection;
        this.writing = writing;
        this.upstream = upstream;
        this.upstreamName = upstreamName;
    }

    private record Known(long id, Credential.Kind kind, boolean enabled, boolean sameSecret) {}

    void apply(List<DeclaredCredential> credentials) throws SQLException {
        removeAllBut(credentials.stream().map(DeclaredCredential::name).toList());
        for (DeclaredCredential declared : credentials) {
            CredentialDraft one = draft(declared);
            Known known = known(one);
            if (known != null && known.kind() != one.kind()) {
                remove(known.id());
                known = null;
            }
            if (known == null) {
                CredentialDraft draft =
                        new CredentialDraft(upstreamName, one.kind(), one.fields(), one.secret(), one.tokenExpires());
                if (writing.add(upstream, draft, true) == 0) {
                    throw new SQLException("the secret of the declared credential "
                            + one.fields().name() + " is there under another name");
                }
            } else {
                // one that was banned or disabled meanwhile stays so
                writing.change(known.id(), one.fields().enabled(one.fields().enabled() && known.enabled()));
                if (!known.sameSecret()) {
                    writing.change(known.id(), one.kind(), new NewSecret(one.secret(), one.tokenExpires()));
                }
                declare(known.id());
            }
        }
    }

    private CredentialDraft draft(DeclaredCredential one) {
        CredentialFields fields = new CredentialFields(
                one.name(),
                one.email(),
                one.header(),
                one.priority(),
                one.weight(),
                one.maxConcurrent(),
                one.dailyQuota(),
                one.userGap(),
                one.models(),
                one.enabled());
        Grant grant = one.grant();
        CredentialSecret secret = grant == null
                ? new CredentialSecret.Text(Objects.requireNonNull(one.secret()))
                : new CredentialSecret.OAuth(grant, one.secret());
        return new CredentialDraft(upstreamName, one.kind(), fields, secret, null);
    }

    private @Nullable Known known(CredentialDraft one) throws SQLException {
        String sql =
                "select id, kind, name, enabled from credential where upstream_id = ? and name = ? for no key update";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, upstream);
            select.setString(2, one.fields().name());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new Known(
                                row.getLong("id"),
                                CredentialRow.kind(row),
                                row.getBoolean("enabled"),
                                row.getString("name").equals(writing.sameAs(upstream, one.secret(), "")))
                        : null;
            }
        }
    }

    private void removeAllBut(List<String> names) throws SQLException {
        String sql = "delete from credential where upstream_id = ? and declared and name <> all (?)";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setLong(1, upstream);
            delete.setArray(2, connection.createArrayOf("text", names.toArray()));
            delete.executeUpdate();
        }
    }

    private void remove(long id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from credential where id = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
    }

    private void declare(long id) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update credential set declared = true where id = ?")) {
            update.setLong(1, id);
            update.executeUpdate();
        }
    }
}
