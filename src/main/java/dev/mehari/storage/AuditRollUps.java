package dev.mehari.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sums up hours and days of events. First {@code audit_rolled} moves on to the last hour that is over, and those up to it
 * become due; from then on {@code audit_write} makes due again the hour of whatever comes late. Then each hour that is due is
 * summed up anew, in a transaction of its own, which makes its day due; and then each such day from its hours. So every event
 * is in the sums once, however late it comes and wherever this stops half-way.
 */
final class AuditRollUps {
    /** After this the events of an hour are usually there. */
    private static final Duration USUALLY_THERE = Duration.ofMinutes(1);

    private static final String LOCK = "select pg_advisory_xact_lock(hashtext('mehari_audit_roll'))";

    private static final String MAKE_DUE = """
            insert into audit_due (hour)
            select generate_series(until, ?::timestamptz - interval '1 hour', interval '1 hour') from audit_rolled
            on conflict do nothing
            """;

    private static final String MOVE_ON = "update audit_rolled set until = ? where until < ?";

    private static final String DUE = """
            select hour from audit_due where hour < (select until from audit_rolled)
                and not exists (select from audit_dropped_day where day = (hour at time zone 'UTC')::date)
            order by hour
            """;

    /** Sums of events from one time to another, by the hour: parameters are both. */
    private static final String OF_EVENTS = """
            select start, key_id, upstream, model, outcome, sum(calls), sum(retries), sum(input), sum(cached), sum(written),
                sum(output), sum(reasoning), sum(estimated), sum(cost), sum(asked), sum(answered), sum(queue), sum(queued),
                sum(first), sum(firsts), sum(total), sum(calls * ('1e' || 12 * bucket)::numeric)
            from (
                select date_trunc('hour', at, 'UTC') as start, key_id, coalesce(upstream, '') as upstream,
                    case when upstream is null then '' else coalesce(model, '') end as model, outcome,
                    case when total_ms < 1 then 0
                        else least(104, greatest(1, ceil(4 * ln(total_ms::float8) / ln(2::float8) - 1e-9))) end::integer as bucket,
                    count(*) as calls, sum(retries) as retries, sum(input_tokens) as input, sum(cached_tokens) as cached,
                    sum(cache_write_tokens) as written, sum(output_tokens) as output, sum(reasoning_tokens) as reasoning,
                    count(*) filter (where estimated) as estimated, sum(cost) as cost, sum(request_bytes) as asked,
                    sum(response_bytes) as answered, sum(greatest(queue_ms, 0)) as queue,
                    count(*) filter (where queue_ms >= 0) as queued, sum(greatest(first_byte_ms, 0)) as first,
                    count(*) filter (where first_byte_ms >= 0) as firsts, sum(total_ms) as total
                from audit_event where at >= ? and at < ?
                group by 1, 2, 3, 4, 5, 6) as spread
            group by 1, 2, 3, 4, 5
            """;

    /** Sums of hours from one time to another, by the day: parameters are both. */
    private static final String OF_HOURS = """
            select date_trunc('day', start, 'UTC'), key_id, upstream, model, outcome, sum(calls), sum(retries), sum(input_tokens),
                sum(cached_tokens), sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens), sum(estimated_calls),
                sum(cost), sum(request_bytes), sum(response_bytes), sum(queue_ms), sum(queued_calls), sum(first_byte_ms),
                sum(first_byte_calls), sum(total_ms), sum(durations)
            from audit_hour where start >= ? and start < ?
            group by 1, 2, 3, 4, 5
            """;

    private AuditRollUps() {}

    /** Sums up all that is due at {@code now}; {@code connection} commits by itself. */
    static void run(Connection connection, Instant now) throws SQLException {
        OffsetDateTime over = AuditRows.time(now.minus(USUALLY_THERE).truncatedTo(ChronoUnit.HOURS));
        inTransaction(connection, () -> {
            run(connection, LOCK);
            run(connection, MAKE_DUE, over);
            run(connection, MOVE_ON, over, over);
        });
        for (OffsetDateTime hour : times(connection, DUE)) {
            inTransaction(connection, () -> {
                if (run(connection, "delete from audit_due where hour = ?", hour) > 0) {
                    run(connection, "delete from audit_hour where start = ?", hour);
                    run(connection, "insert into audit_hour " + OF_EVENTS, hour, hour.plusHours(1));
                    run(connection, "insert into audit_due_day values (?) on conflict do nothing", dayOf(hour));
                }
            });
        }
        for (OffsetDateTime day : times(connection, "select day from audit_due_day order by day")) {
            inTransaction(connection, () -> {
                run(connection, "delete from audit_due_day where day = ?", day);
                run(connection, "delete from audit_day where start = ?", day);
                run(connection, "insert into audit_day " + OF_HOURS, day, day.plusDays(1));
            });
        }
    }

    private static OffsetDateTime dayOf(OffsetDateTime hour) {
        return AuditRows.time(hour.toInstant().truncatedTo(ChronoUnit.DAYS));
    }

    /**
     * Before the events of {@code day} are dropped, in the same transaction: sums up what is due of it.
     *
     * @param again true when events of that day were dropped before: what is there now comes on top
     */
    static void last(Connection connection, LocalDate day, boolean again) throws SQLException {
        OffsetDateTime from = day.atStartOfDay().atOffset(ZoneOffset.UTC);
        OffsetDateTime to = from.plusDays(1);
        int due = run(connection, "delete from audit_due where hour >= ? and hour < ?", from, to)
                + run(connection, "delete from audit_due_day where day = ?", from);
        if (again) {
            run(connection, "insert into audit_hour " + OF_EVENTS, from, to);
            run(connection, "insert into audit_day " + OF_EVENTS.replace("'hour'", "'day'"), from, to);
        } else if (due > 0) {
            run(connection, "delete from audit_hour where start >= ? and start < ?", from, to);
            run(connection, "insert into audit_hour " + OF_EVENTS, from, to);
            run(connection, "delete from audit_day where start = ?", from);
            run(connection, "insert into audit_day " + OF_HOURS, from, to);
        }
    }

    private static List<OffsetDateTime> times(Connection connection, String sql) throws SQLException {
        List<OffsetDateTime> times = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                times.add(rows.getObject(1, OffsetDateTime.class));
            }
        }
        return times;
    }

    /** Something to do with a connection. */
    interface Work {
        void run() throws SQLException;
    }

    static void inTransaction(Connection connection, Work work) throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            work.run();
            connection.commit();
            done = true;
        } finally {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    /** Runs a statement; returns how many rows it changed. */
    static int run(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.execute() ? 0 : statement.getUpdateCount();
        }
    }
}
