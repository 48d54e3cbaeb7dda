package dev.mehari.storage;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditPage;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.AuditSearch;
import dev.mehari.audit.Durations;
import dev.mehari.audit.RollUp;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.audit.RollUpQuery.Part;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Searches {@code audit_event}, as {@link AuditEventSearch} says, {@code audit_hour} and {@code audit_day}. */
public final class AuditSearchTable implements AuditSearch {
    /** Of the number of a histogram, for each bucket. */
    private static final int DIGITS = 12;

    // The last of what is asked for is found first: all groups, with their histograms, would not fit into the memory of
    // a query.
    private static final String SUM_UP = """
            with chosen as not materialized (
                select $parts, * from $table as t (start, key, up, mod, out, calls, retries, input, cached, written,
                    output, reasoning, estimated, cost, asked, answered, queue, queued, first, firsts, total, durations)
                where $conditions
            ), last as (
                select start as s, k as k_, u as u_, m as m_, o as o_ from chosen
                group by start, k, u, m, o
                order by start desc, k, u, m, o
                offset ? - 1 limit 1
            )
            select start, k, u, m, o, sum(calls) as calls, sum(retries) as retries, sum(input) as input,
                sum(cached) as cached, sum(written) as written, sum(output) as output, sum(reasoning) as reasoning,
                sum(estimated) as estimated, sum(cost) as cost, sum(asked) as asked, sum(answered) as answered,
                sum(queue) as queue, sum(queued) as queued, sum(first) as first, sum(firsts) as firsts,
                sum(total) as total, sum(durations)::text as durations
            from chosen left join last on true
            where s is null or start > s or (start = s and (k, u, m, o) <= (k_, u_, m_, o_))
            group by start, k, u, m, o
            order by start desc, k, u, m, o
            """;

    private final Database database;
    private final AuditEventSearch events;

    public AuditSearchTable(Database database) {
        this(database, AuditEventSearch.CHEAP);
    }

    /** @param cheap as {@link AuditEventSearch#CHEAP} */
    AuditSearchTable(Database database, int cheap) {
        this.database = database;
        events = new AuditEventSearch(cheap);
    }

    @Override
    public AuditPage find(AuditQuery query) throws StorageUnavailable {
        List<AuditRow> found = new ArrayList<>();
        try (Connection connection = database.connection()) {
            AuditRollUps.inTransaction(
                    connection, () -> found.addAll(events.find(connection, query, query.limit() + 1)));
        } catch (SQLException failure) {
            throw SqlOutage.during("searching the audit", failure);
        }
        return AuditPage.of(found, query.limit());
    }

    @Override
    public List<RollUp> find(RollUpQuery query) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = conditions(query).prepare(connection, sumUp(query), RollUpQuery.MOST);
                ResultSet rows = select.executeQuery()) {
            List<RollUp> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rollUp(rows, query.by()));
            }
            return found;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading sums of the audit", failure);
        }
    }

    /** The query for sums, with {@code $conditions}. */
    static String sumUp(RollUpQuery query) {
        return SUM_UP.replace("$table", query.span() == RollUpQuery.Span.HOUR ? "audit_hour" : "audit_day")
                .replace("$parts", parts(query));
    }

    /** What {@link #sumUp} is to find. */
    static SqlConditions conditions(RollUpQuery query) {
        EndedCall.Outcome outcome = query.outcome();
        return new SqlConditions()
                .and("start >= ?", time(query.from()))
                .and("start < ?", time(query.to()))
                .and("key = ?", query.keyId())
                .and("up = ?", query.upstream())
                .and("mod = ?", query.model())
                .and("out = ?", outcome == null ? null : outcome.name().toLowerCase(Locale.ROOT));
    }

    private static String parts(RollUpQuery query) {
        return (query.by().contains(Part.KEY) ? "key" : "0") + " as k, "
                + (query.by().contains(Part.UPSTREAM) ? "up" : "''") + " as u, "
                + (query.by().contains(Part.MODEL) ? "mod" : "''") + " as m, "
                + (query.by().contains(Part.OUTCOME) ? "out" : "''") + " as o";
    }

    private static RollUp rollUp(ResultSet row, Set<Part> by) throws SQLException {
        return new RollUp(
                row.getObject("start", OffsetDateTime.class).toInstant(),
                by.contains(Part.KEY) ? row.getLong("k") : null,
                by.contains(Part.UPSTREAM) ? row.getString("u") : null,
                by.contains(Part.MODEL) ? row.getString("m") : null,
                by.contains(Part.OUTCOME)
                        ? EndedCall.Outcome.valueOf(row.getString("o").toUpperCase(Locale.ROOT))
                        : null,
                row.getLong("calls"),
                row.getLong("retries"),
                new RollUp.Tokens(
                        row.getLong("input"),
                        row.getLong("cached"),
                        row.getLong("written"),
                        row.getLong("output"),
                        row.getLong("reasoning"),
                        row.getLong("estimated")),
                row.getLong("cost"),
                row.getLong("asked"),
                row.getLong("answered"),
                row.getLong("queue"),
                row.getLong("queued"),
                row.getLong("first"),
                row.getLong("firsts"),
                new Durations(counts(row.getString("durations")), row.getLong("total")));
    }

    /** Of a number with so many digits for each bucket, the last for bucket 0. */
    static Map<Integer, Long> counts(String number) {
        Map<Integer, Long> byBucket = new HashMap<>();
        int bucket = 0;
        for (int end = number.length(); end > 0; end -= DIGITS) {
            long count = Long.parseLong(number, Math.max(0, end - DIGITS), end, 10);
            if (count > 0) {
                byBucket.put(bucket, count);
            }
            bucket++;
        }
        return byBucket;
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant at) {
        return at == null ? null : AuditRows.time(at);
    }
}
