package dev.mehari.storage;

import dev.mehari.audit.AuditPosition;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.StatusRange;
import dev.mehari.storage.AuditSlices.Slice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds events in {@code audit_event}, the newest first. What every event has, a time, is read by {@code audit_event_at}. For
 * anything else PostgreSQL cannot know how far back the events asked for are, so a search goes back in {@link AuditSlices}, a
 * statement for each, until the page is full: first the newest {@link #CHEAP} events by their time, then, no longer in order,
 * what {@code audit_event_terms} leaves of longer and longer times. That index tells of each 16 pages of the table what is
 * surely not there; where it does not help, all of a time is read, by several processes if PostgreSQL has them to spare.
 */
final class AuditEventSearch {
    /** So many events are read in some milliseconds, whatever they are. */
    static final int CHEAP = 20_000;

    static final String FIND = "select " + AuditRows.COLUMNS
            + " from audit_event where $conditions order by at desc, chain desc, sequence desc limit ?";

    /** The same in an order that no index has, or PostgreSQL reads by time for as long as it takes. */
    static final String FIND_BY_TERMS = FIND.replace("order by at desc", "order by at + interval '0' desc");

    /** As said for {@link #CHEAP} events: how many there are, the time of the last and the first, and the oldest of all. */
    static final String NEWEST = """
            select count(*), max(at), min(at), (select min(at) from audit_event)
            from (select at from audit_event where $conditions order by at desc limit ?) as newest
            """;

    /** Has PostgreSQL take the index on terms for {@link #FIND_BY_TERMS}, which it thinks less of than it is worth. */
    static final String PREFER_TERMS = """
            select set_config('enable_seqscan', 'off', true), set_config('cpu_index_tuple_cost', '1', true),
                set_config('jit', 'off', true)
            """;

    // A range of statuses is within one class of them.
    private static final int CLASS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(AuditEventSearch.class);

    private final int cheap;

    /** @param cheap as {@link #CHEAP} */
    AuditEventSearch(int cheap) {
        this.cheap = cheap;
    }

    /** At most {@code most} events; {@code connection} is in a transaction, whose settings this changes. */
    List<AuditRow> find(Connection connection, AuditQuery query, int most) throws SQLException {
        List<AuditRow> found = new ArrayList<>();
        AuditSlices slices = slices(connection, query);
        String find = FIND;
        while (slices.hasNext() && found.size() < most) {
            fill(connection, find, query, slices.next(), most, found);
            find = FIND_BY_TERMS;
            AuditRollUps.run(connection, PREFER_TERMS);
        }
        return found;
    }

    /** The parts in which {@code query} is searched. */
    AuditSlices slices(Connection connection, AuditQuery query) throws SQLException {
        if (terms(new SqlConditions(), query).isEmpty()) {
            return AuditSlices.one(query.from(), query.to());
        }
        AuditPosition after = query.after();
        SqlConditions upTo = times(query.from(), query.to(), null)
                .and("at <= ?", after == null ? null : AuditRows.time(after.atMicros()));
        try (PreparedStatement select = upTo.prepare(connection, NEWEST, cheap);
                ResultSet row = select.executeQuery()) {
            row.next();
            if (row.getInt(1) < cheap) {
                return AuditSlices.one(query.from(), query.to());
            }
            return AuditSlices.growing(query.from(), query.to(), time(row, 2), time(row, 3), time(row, 4));
        }
    }

    /** Adds what is in {@code slice}. */
    private static void fill(
            Connection connection, String find, AuditQuery query, Slice slice, int most, List<AuditRow> found)
            throws SQLException {
        AuditPosition after = query.after();
        while (found.size() < most) {
            int asked = most - found.size();
            int read = 0;
            try (PreparedStatement select = conditions(query, slice, after).prepare(connection, find, asked);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    read++;
                    add(rows, found);
                    after = position(rows);
                }
            }
            if (read < asked) {
                return;
            }
        }
    }

    private static void add(ResultSet row, List<AuditRow> found) throws SQLException {
        try {
            found.add(AuditRows.read(row));
        } catch (IllegalArgumentException tampered) {
            LOG.error(
                    "Event {} of audit chain {} is not what was written: {}",
                    row.getLong("sequence"),
                    row.getInt("chain"),
                    tampered.getMessage());
        }
    }

    /** What {@link #FIND} is to find of {@code query}, behind {@code after}. */
    static SqlConditions conditions(AuditQuery query, Slice slice, @Nullable AuditPosition after) {
        return terms(times(slice.from(), slice.to(), after), query);
    }

    private static SqlConditions times(@Nullable Instant from, @Nullable Instant to, @Nullable AuditPosition after) {
        SqlConditions conditions = new SqlConditions()
                .and("at >= ?", from == null ? null : AuditRows.time(from))
                .and("at < ?", to == null ? null : AuditRows.time(to));
        if (after != null) {
            OffsetDateTime at = AuditRows.time(after.atMicros());
            conditions.and("at <= ?", at).and("(at, chain, sequence) < (?, ?, ?)", at, after.chain(), after.sequence());
        }
        return conditions;
    }

    /** Whatever is asked for beside the time, and, for the index's sake, pairs of it. */
    private static SqlConditions terms(SqlConditions conditions, AuditQuery query) {
        String upstream = query.upstream();
        StatusRange status = query.status();
        String outcome = query.outcome() == null ? null : query.outcome().name().toLowerCase(Locale.ROOT);
        return conditions
                .and("key_id = ?", query.keyId())
                .and("upstream = ?", upstream)
                .and("credential_id = ?", query.credentialId())
                .and("model = ?", query.model())
                .and("request_id = ?", query.requestId())
                .and("trace_id = ?", query.traceId())
                .and(
                        "status between ? and ?",
                        status == null ? null : (short) status.least(),
                        status == null ? null : (short) status.most())
                .and("outcome = ?", outcome)
                .and("hashtext(upstream) # hashtext(model) = hashtext(?) # hashtext(?)", upstream, query.model())
                .and("hashtext(upstream) # hashtext(outcome) = hashtext(?) # hashtext(?)", upstream, outcome)
                .and(
                        "hashtext(upstream)::bigint # credential_id = hashtext(?)::bigint # ?",
                        upstream,
                        query.credentialId())
                .and(
                        "hashtext(outcome)::bigint # credential_id = hashtext(?)::bigint # ?",
                        outcome,
                        query.credentialId())
                .and(
                        "hashtext(outcome) # (status / 100) = hashtext(?) # ?",
                        outcome,
                        status == null ? null : status.least() / CLASS);
    }

    private static AuditPosition position(ResultSet row) throws SQLException {
        return new AuditPosition(AuditRows.micros(time(row, 1)), row.getInt("chain"), row.getLong("sequence"));
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant().truncatedTo(ChronoUnit.MICROS);
    }
}
