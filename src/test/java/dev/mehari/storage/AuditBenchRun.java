package dev.mehari.storage;

import static org.awaitility.Awaitility.await;

import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** What {@link AuditBench} measures of an audit of so many days. */
final class AuditBenchRun {
    private static final Duration LONG = Duration.ofDays(9_000);
    private static final KeepPolicy FOREVER = new KeepPolicy(LONG, LONG, LONG, Long.MAX_VALUE);
    private static final int INSERT_BATCHES = 100;

    private static final String INDEXES = """
            select replace(c.relname, 'audit_event_', '') || '|' ||
                (select sum(pg_relation_size(t.relid)) from pg_partition_tree(c.oid) t)
            from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'audit_event'::regclass order by 1
            """;
    private static final String ROWS =
            "select sum(pg_table_size(relid)) from pg_partition_tree('audit_event') where isleaf";

    private final TestDatabase database;
    private final int days;
    private final int events;
    private final int runs;
    private final AuditFill fill;
    private final AuditSearchTable search;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();

    AuditBenchRun(TestDatabase database, int days, int events, int runs) {
        this.database = database;
        this.days = days;
        this.events = events;
        this.runs = runs;
        fill = new AuditFill(database, LocalDate.now(ZoneOffset.UTC).minusDays(days - 1L), days, events);
        search = new AuditSearchTable(database.database());
        figures.put("days", days);
    }

    /**
     * What a query took.
     *
     * @param scans as {@link AuditPlan#scans}
     * @param read rows that PostgreSQL looked at
     * @param firstMillis with the server's own memory empty
     * @param bestMillis of the runs after it, as are the others
     */
    record Row(
            String query,
            String scans,
            long read,
            int found,
            double firstMillis,
            double bestMillis,
            double p50Millis,
            double maxMillis) {}

    /** Something to time; returns how many rows were found. */
    private interface Asking {
        int ask() throws StorageUnavailable;
    }

    List<Row> rows() {
        return rows;
    }

    Map<String, Object> figures() {
        return figures;
    }

    /** Puts the events in. */
    void fill() {
        long begun = System.nanoTime();
        fill.fill();
        System.out.printf(Locale.ROOT, "%d events in %d days after %.0f s%n", events, days, millisSince(begun) / 1_000);
        Map<String, Double> bytes = new LinkedHashMap<>();
        bytes.put("rows", perEvent(Long.parseLong(database.text(ROWS))));
        for (String index : database.query(INDEXES)) {
            bytes.put(
                    index.substring(0, index.indexOf('|')),
                    perEvent(Long.parseLong(index.substring(index.indexOf('|') + 1))));
        }
        bytes.put(
                "all", tenths(bytes.values().stream().mapToDouble(each -> each).sum()));
        figures.put("bytes_per_event", bytes);
    }

    /** Sums up all hours, each with what there is of its day so far, as the chores do. */
    void sumUp() throws Exception {
        AuditUpkeepTable upkeep = new AuditUpkeepTable(database.database(), new SampleAudit(new Random(1)));
        long begun = System.nanoTime();
        upkeep.run(FOREVER, fill.at(1).plus(Duration.ofMinutes(2)));
        figures.put("roll_up_ms_per_hour", tenths(millisSince(begun) / (days * 24)));
        figures.put("events_per_hour", events / (days * 24));
        figures.put("rows_of_sums_per_hour", database.number("select count(*) from audit_hour") / (days * 24));
        database.execute("analyze audit_hour");
        database.execute("analyze audit_day");
        System.out.println(figures);
    }

    /** Times every query, the first time after the server has been started again. */
    void queries() throws StorageUnavailable, SQLException, IOException {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> search.find(AuditQuery.newest(1)).rows().size() == 1);
        Map<String, AuditQuery> searches = AuditQueries.searches(fill);
        Map<String, RollUpQuery> sums = AuditQueries.sums(fill);
        Map<String, double[]> took = new LinkedHashMap<>();
        Map<String, Integer> found = new LinkedHashMap<>();
        for (int run = 0; run <= runs; run++) {
            for (Map.Entry<String, AuditQuery> one : searches.entrySet()) {
                time(
                        one.getKey(),
                        run,
                        took,
                        found,
                        () -> search.find(one.getValue()).rows().size());
            }
            for (Map.Entry<String, RollUpQuery> one : sums.entrySet()) {
                time(
                        one.getKey(),
                        run,
                        took,
                        found,
                        () -> search.find(one.getValue()).size());
            }
        }
        for (Map.Entry<String, double[]> one : took.entrySet()) {
            String name = one.getKey();
            AuditPlan plan = searches.containsKey(name) ? plan(searches.get(name)) : plan(sums.get(name));
            double[] warm = Arrays.copyOfRange(one.getValue(), 1, runs + 1);
            Arrays.sort(warm);
            rows.add(new Row(
                    name,
                    String.join(", ", plan.scans()),
                    plan.read(),
                    found.get(name),
                    tenths(one.getValue()[0]),
                    tenths(warm[0]),
                    tenths(warm[runs / 2]),
                    tenths(warm[runs - 1])));
        }
    }

    private void time(String name, int run, Map<String, double[]> took, Map<String, Integer> found, Asking asking)
            throws StorageUnavailable {
        long begun = System.nanoTime();
        int rowsFound = asking.ask();
        took.computeIfAbsent(name, unused -> new double[runs + 1])[run] = millisSince(begun);
        found.put(name, rowsFound);
    }

    private AuditPlan plan(AuditQuery query) throws SQLException, IOException {
        try (Connection connection = database.database().connection()) {
            return AuditPlan.of(connection, new AuditEventSearch(AuditEventSearch.CHEAP), query);
        }
    }

    private AuditPlan plan(RollUpQuery query) throws SQLException, IOException {
        try (Connection connection = database.database().connection();
                PreparedStatement explain = AuditSearchTable.conditions(query)
                        .prepare(connection, AuditPlan.EXPLAIN + AuditSearchTable.sumUp(query), RollUpQuery.MOST)) {
            return AuditPlan.of(explain);
        }
    }

    /** Drops the oldest day. */
    void dropDay() throws Exception {
        AuditUpkeepTable upkeep = new AuditUpkeepTable(database.database(), new SampleAudit(new Random(1)));
        Instant now = fill.at(1).plus(Duration.ofMinutes(2));
        long begun = System.nanoTime();
        upkeep.run(FOREVER, now);
        double nothing = millisSince(begun);
        begun = System.nanoTime();
        upkeep.run(new KeepPolicy(Duration.ofDays(days - 1L), LONG, LONG, Long.MAX_VALUE), now);
        figures.put("drop_day_ms", tenths(millisSince(begun) - nothing));
        figures.put("dropped_days", database.number("select count(*) from audit_dropped_day"));
        figures.put("dropped_events", database.number("select coalesce(sum(events), 0) from audit_dropped_day"));
    }

    /** What writing costs, with and without the indexes, which are gone afterwards. */
    void inserts() throws SQLException {
        List<AuditInserts.Cost> costs = new ArrayList<>();
        try (AuditInserts inserts = new AuditInserts(database, fill.at(1))) {
            inserts.measure("first", INSERT_BATCHES / 5); // compiled, and the day made
            costs.add(inserts.measure("as it is", INSERT_BATCHES));
            for (String index : database.query("select indexrelid::regclass::text from pg_index"
                    + " where indrelid = 'audit_event'::regclass and not indisprimary")) {
                database.execute("drop index " + index);
            }
            costs.add(inserts.measure("with the primary key only", INSERT_BATCHES));
        }
        figures.put("inserts", costs);
        System.out.println(costs);
    }

    private double perEvent(long bytes) {
        return tenths((double) bytes / events);
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
