package dev.mehari.storage;

import dev.mehari.audit.AuditRow;
import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.audit.proof.SignedBytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in {@code audit_gap} which events are about to be dropped, with the links of their chain before and after them, so
 * that the rest can still be verified. Links are computed from the nearest signature before; from events that were tampered
 * with, wrong ones come, which verification finds: dropping does not hide it.
 */
final class AuditGaps {
    private static final Logger LOG = LoggerFactory.getLogger(AuditGaps.class);
    private static final String RETENTION = ExportRecord.Gap.RETENTION;

    /** Parts of chains without a hole in a partition; its name is to be put in. */
    private static final String RANGES = """
            select chain, min(sequence), max(sequence), count(*) from (
                select chain, sequence, sequence - row_number() over (partition by chain order by sequence) as island
                from $partition) as numbered
            group by chain, island order by chain, min(sequence)
            """;

    private static final String NEAREST = """
            select sequence, head from (
                select sequence, head from audit_checkpoint where chain = ? and sequence <= ?
                union all select last_sequence, after from audit_gap where chain = ? and last_sequence <= ?
                union all select 0, first_link from audit_chain where id = ?) as known
            order by sequence desc limit 1
            """;

    private static final String BETWEEN = "select " + AuditRows.COLUMNS
            + " from audit_event where chain = ? and sequence > ? and sequence <= ? order by sequence";

    private static final String NOTE = """
            insert into audit_gap (chain, first_sequence, last_sequence, before, after, reason, public_key, signature)
            values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
            """;

    private final AuditSigner signer;

    AuditGaps(AuditSigner signer) {
        this.signer = signer;
    }

    /** Events of one chain that follow each other. */
    private record Range(int chain, long first, long last, long events) {}

    /** Notes all events of {@code partition}, and takes away the signatures among them; returns how many events there are. */
    long note(Connection connection, String partition) throws SQLException {
        long events = 0;
        for (Range range : ranges(connection, partition)) {
            events += range.events();
            note(connection, range);
        }
        return events;
    }

    private void note(Connection connection, Range range) throws SQLException {
        UUID instance = instance(connection, range.chain());
        byte[] before = head(connection, range.chain(), range.first() - 1);
        byte[] after = head(connection, range.chain(), range.last());
        if (instance == null || before == null || after == null) {
            LOG.error(
                    "Events {} to {} of audit chain {} are dropped, but events before them are missing or not what was written",
                    range.first(),
                    range.last(),
                    range.chain());
            return;
        }
        byte[] signed = SignedBytes.ofGap(instance, range.first(), range.last(), before, after, RETENTION);
        AuditRollUps.run(
                connection,
                NOTE,
                range.chain(),
                range.first(),
                range.last(),
                before,
                after,
                RETENTION,
                signer.publicKey(),
                signer.sign(signed));
        AuditRollUps.run(
                connection,
                "delete from audit_checkpoint where chain = ? and sequence between ? and ?",
                range.chain(),
                range.first(),
                range.last());
    }

    private static List<Range> ranges(Connection connection, String partition) throws SQLException {
        List<Range> ranges = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(RANGES.replace("$partition", partition));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ranges.add(new Range(rows.getInt(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
            }
        }
        return ranges;
    }

    private static @Nullable UUID instance(Connection connection, int chain) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select instance from audit_chain where id = ?")) {
            select.setInt(1, chain);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getObject(1, UUID.class) : null;
            }
        }
    }

    /** The chain's link after an event; null when it cannot be told. */
    private static byte @Nullable [] head(Connection connection, int chain, long sequence) throws SQLException {
        EventChain links = nearest(connection, chain, sequence);
        if (links == null || links.sequence() == sequence) {
            return links == null ? null : links.head();
        }
        try (PreparedStatement select = connection.prepareStatement(BETWEEN)) {
            select.setFetchSize(1_000);
            select.setInt(1, chain);
            select.setLong(2, links.sequence());
            select.setLong(3, sequence);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    AuditRow row = AuditRows.read(rows);
                    if (row.sequence() != links.sequence() + 1) {
                        return null;
                    }
                    links.add(row.event());
                }
            }
        } catch (IllegalArgumentException tampered) {
            LOG.debug("An event of audit chain {} cannot be read", chain, tampered);
            return null;
        }
        return links.sequence() == sequence ? links.head() : null;
    }

    private static @Nullable EventChain nearest(Connection connection, int chain, long sequence) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEAREST)) {
            select.setInt(1, chain);
            select.setLong(2, sequence);
            select.setInt(3, chain);
            select.setLong(4, sequence);
            select.setInt(5, chain);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? EventChain.at(row.getBytes("head"), row.getLong("sequence")) : null;
            }
        }
    }
}
