package dev.mehari.storage;

import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.credential.CredentialTester.Finding;
import dev.mehari.credential.CredentialTester.Subject;
import dev.mehari.credential.TestedCredentials;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What operators' trials of credentials need of the tables, and leave there. */
public final class TestedCredentialTable implements TestedCredentials {
    private final Database database;
    private final SealedSecrets secrets;
    private final @Nullable URI forwardProxy;
    private final CredentialUseTable uses;

    /** @param forwardProxy for upstreams that say nothing of one; null for none */
    public TestedCredentialTable(Database database, SealedSecrets secrets, @Nullable URI forwardProxy) {
        this.database = database;
        this.secrets = secrets;
        this.forwardProxy = forwardProxy;
        uses = new CredentialUseTable(database);
    }

    @Override
    public Optional<Subject> subject(long id) throws StorageUnavailable {
        String sql = "select c.id, c.kind, c.header, c.secret, c.key_version, c.upstream_id, u.dialect"
                + " from credential c join upstream u on u.id = c.upstream_id where c.id = ?";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                CredentialSecret secret = row.next() ? CredentialRow.secret(row, secrets.opening(connection)) : null;
                if (secret == null) {
                    return Optional.empty();
                }
                String dialect = row.getString("dialect");
                UpstreamCredential header =
                        CredentialTable.header(CredentialRow.kind(row), dialect, row.getString("header"), secret);
                return header == null
                        ? Optional.empty()
                        : upstream(connection, row.getLong("upstream_id")).map(found -> new Subject(found, header));
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("testing a credential", failure);
        }
    }

    private Optional<Upstream> upstream(Connection connection, long id) throws SQLException {
        String sql = "select " + UpstreamRow.ENTRY + " from upstream where id = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(UpstreamRow.fields(row).upstream(id, forwardProxy)) : Optional.empty();
            }
        }
    }

    @Override
    public void found(long id, Finding finding, Instant at) throws StorageUnavailable {
        boolean works = finding.works();
        uses.add(List.of(new CredentialUse(
                id,
                1,
                works ? 1 : 0,
                works ? 0 : 1,
                at,
                works ? at : null,
                works ? null : at,
                finding.status(),
                works ? null : finding.detail())));
        if (works) {
            try (Connection connection = database.connection()) {
                CredentialRegistryTable.forget(connection, id);
            } catch (SQLException failure) {
                throw SqlOutage.during("noting a test", failure);
            }
        }
    }
}
