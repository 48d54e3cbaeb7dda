package dev.mehari.storage;

import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialTransfer;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.credential.DeclaredCredentials;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.Keyring;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Many credentials at once into and out of the table {@code credential}. An import is one transaction, which nobody else adds
 * credentials to the same upstreams during.
 */
public final class CredentialTransferTable implements CredentialTransfer, DeclaredCredentials {
    private final Database database;
    private final SealedSecrets secrets;

    public CredentialTransferTable(Database database, SealedSecrets secrets) {
        this.database = database;
        this.secrets = secrets;
    }

    /** Work in one transaction that seals. */
    @FunctionalInterface
    private interface Sealing<T> {
        T run(CredentialWriting writing, Connection connection) throws SQLException;
    }

    @Override
    public Imported take(List<Entry> entries, boolean dryRun) throws StorageUnavailable {
        return sealing("importing credentials", dryRun, (writing, connection) -> {
            List<Taken> taken = new ArrayList<>();
            List<Duplicate> duplicates = new ArrayList<>();
            List<Problem> problems = new ArrayList<>();
            for (Entry entry : entries) {
                CredentialDraft draft = entry.draft();
                String name = draft.fields().name();
                String email = draft.fields().email();
                Long upstream = writing.upstream(draft.upstream());
                if (upstream == null) {
                    problems.add(new Problem(entry.entry(), "there is no upstream " + draft.upstream()));
                    continue;
                }
                String same = writing.sameAs(upstream, draft.secret(), email);
                if (same != null) {
                    duplicates.add(new Duplicate(entry.entry(), name, email, same));
                    continue;
                }
                long id = writing.add(upstream, draft, false);
                if (id == 0) {
                    problems.add(new Problem(
                            entry.entry(), draft.upstream() + " has another credential with the name " + name));
                } else {
                    taken.add(new Taken(entry.entry(), dryRun ? 0 : id, draft.upstream(), name));
                }
            }
            return new Imported(taken, duplicates, problems);
        });
    }

    @Override
    public List<CredentialDraft> give() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(CredentialRow.SELECT + " order by c.id");
                ResultSet rows = select.executeQuery()) {
            Keyring keyring = secrets.opening(connection);
            List<CredentialDraft> drafts = new ArrayList<>();
            while (rows.next()) {
                CredentialSecret secret = CredentialRow.secret(rows, keyring);
                if (secret != null) {
                    drafts.add(new CredentialDraft(
                            rows.getString("upstream"),
                            CredentialRow.kind(rows),
                            CredentialRow.fields(rows),
                            secret,
                            KeyRow.instant(rows, "token_expires")));
                }
            }
            return drafts;
        } catch (SQLException failure) {
            throw SqlOutage.during("exporting credentials", failure);
        }
    }

    @Override
    public void apply(String upstream, List<DeclaredCredential> credentials) throws StorageUnavailable {
        if (credentials.isEmpty()) {
            removeDeclared(upstream); // which needs no master key, and must not make one
            return;
        }
        sealing("applying declared credentials", false, (writing, connection) -> {
            Long id = writing.upstream(upstream);
            if (id == null) {
                return List.of();
            }
            new DeclaredChanges(connection, writing, id, upstream).apply(credentials);
            return List.of();
        });
    }

    private void removeDeclared(String upstream) throws StorageUnavailable {
        String sql = "delete from credential where declared and upstream_id = (select id from upstream where name = ?)";
        try (Connection connection = database.connection();
                PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, upstream);
            delete.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("removing declared credentials", failure);
        }
    }

    private <T> T sealing(String doing, boolean dryRun, Sealing<T> work) throws StorageUnavailable {
        secrets.ensureKey();
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(new CredentialWriting(connection, secrets.sealing(connection)), connection);
                if (!dryRun) {
                    connection.commit();
                }
                return result;
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during(doing, failure);
        }
    }
}
