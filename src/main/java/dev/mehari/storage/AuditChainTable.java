package dev.mehari.storage;

import dev.mehari.audit.AuditChain;
import dev.mehari.audit.AuditJournal;
import dev.mehari.audit.AuditKey;
import dev.mehari.audit.ChainPart;
import dev.mehari.audit.EventChain;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Chains of events in the table {@code audit_chain}. */
public final class AuditChainTable {
    private static final String BEFORE = """
            select chain.id, coalesce(last.head, chain.first_link)
            from audit_chain chain left join lateral (
                select sequence, head from audit_checkpoint where chain = chain.id
                union all select last_sequence, after from audit_gap where chain = chain.id
                order by sequence desc limit 1
            ) last on true
            where chain.instance = ?
            """;

    private static final String BEGIN = """
            insert into audit_chain (instance, previous, first_link, public_key) values (?, ?, ?, ?) returning id
            """;

    private final Database database;
    private final AuditFolder folder;

    public AuditChainTable(Database database, AuditFolder folder) {
        this.database = database;
        this.folder = folder;
    }

    /**
     * A chain that has just begun.
     *
     * @param links empty
     */
    public record Begun(AuditChain chain, EventChain links) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Before(int id, byte[] head) {}

    /**
     * Begins the chain of this start behind that of the one before.
     *
     * @param journal may hold events of earlier starts, which are not in the table yet
     * @throws StorageStartException when that cannot be written down
     */
    public Begun begin(UUID instance, AuditKey key, AuditJournal journal) {
        try (Connection connection = database.dataSource().getConnection()) {
            UUID last = folder.lastInstance();
            Before before = last == null ? null : before(connection, last, journal.last());
            EventChain links = EventChain.begin(instance, before == null ? null : before.head());
            int id = insert(connection, instance, before, links.head(), key.publicKey());
            folder.noteInstance(instance);
            return new Begun(new AuditChain(id, instance), links);
        } catch (SQLException failure) {
            throw new StorageStartException(
                    "the audit cannot begin, for " + database.shown() + " does not answer", failure);
        } catch (IOException failure) {
            throw new StorageStartException("the audit cannot begin: " + failure.getMessage(), failure);
        }
    }

    private static @Nullable Before before(Connection connection, UUID last, @Nullable ChainPart unwritten)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BEFORE)) {
            select.setObject(1, last);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                if (unwritten != null && unwritten.chain().instance().equals(last)) {
                    return new Before(row.getInt(1), unwritten.after());
                }
                return new Before(row.getInt(1), row.getBytes(2));
            }
        }
    }

    private static int insert(
            Connection connection, UUID instance, @Nullable Before before, byte[] firstLink, byte[] publicKey)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
            insert.setObject(1, instance);
            insert.setObject(2, before == null ? null : before.id(), Types.INTEGER);
            insert.setBytes(3, firstLink);
            insert.setBytes(4, publicKey);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
