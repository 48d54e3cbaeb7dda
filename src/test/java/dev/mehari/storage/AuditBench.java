package dev.mehari.storage;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.audit.AuditQuery;
import dev.mehari.audit.KeepPolicy;
import dev.mehari.audit.RollUpQuery;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.SampleAudit;
import dev.mehari.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** The program behind {@code bench/audit}, which says what it does: {@code AuditBench FOLDER EVENTS RUNS}. */
final class AuditBench {
    private static final double MOST_MILLIS = 200;
    private static final Duration LONG = Duration.ofDays(9_000);
    private static final KeepPolicy FOREVER = new KeepPolicy(LONG, LONG, LONG, Long.MAX_VALUE);
    private static final int INSERT_BATCHES = 50;

    private static final String INDEXES = """
            select replace(c.relname, 'audit_event_', '') || '|' ||
                (select sum(pg_relation_size(t.relid)) from pg_partition_tree(c.oid) t)
            from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'audit_event'::regclass order by 1
            """;
    private static final String ROWS =
            "select sum(pg_table_size(relid)) from pg_partition_tree('audit_event') where isleaf";

    private final TestDatabase database;
    private final AuditFill fill;
    private final int events;
    private final int runs;
    private final AuditSearchTable search;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private AuditBench(TestDatabase database, LocalDate first, int events, int runs) {
        this.database = database;
        this.events = events;
        this.runs = runs;
        fill = new AuditFill(database, first, events);
        search = new AuditSearchTable(database.database());
    }

    /**
     * What a query took.
     *
     * @param scans as {@link AuditPlan#scans}
     * @param read rows that PostgreSQL looked at
     * @param firstMillis with the server's own memory empty
     */
    record Row(
            String query, String scans, long read, int found, double firstMillis, double p50Millis, double maxMillis) {
        boolean isSlow() {
            return Math.max(firstMillis, maxMillis) > MOST_MILLIS;
        }
    }

    /** Something to time; returns how many rows were found. */
    private interface Asking {
        int ask() throws StorageUnavailable;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path data = Files.createTempDirectory("mehari-audit-bench");
        EmbeddedPostgres server = server(data, 0);
        boolean fast;
        try (TestDatabase database = TestDatabase.createOn(server.getJdbcUrl("postgres", "postgres"))) {
            LocalDate first = LocalDate.now(ZoneOffset.UTC).minusDays(AuditFill.DAYS - 1);
            AuditBench bench =
                    new AuditBench(database, first, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            bench.figures.put("load_average_before", loadAverage());
            bench.fill();
            bench.sumUp();
            int port = server.getPort();
            server.close();
            server = server(data, port);
            bench.queries();
            bench.inserts();
            bench.dropDay();
            bench.figures.put("load_average_after", loadAverage());
            bench.write(folder);
            fast = bench.rows.stream().noneMatch(Row::isSlow);
        } finally {
            server.close();
            deleteAll(data);
        }
        System.exit(fast ? 0 : 1);
    }

    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "128MB")
                .setServerConfig("max_wal_size", "4GB");
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    private void fill() {
        long begun = System.nanoTime();
        fill.fill();
        System.out.printf(Locale.ROOT, "%d events after %.0f s%n", events, millisSince(begun) / 1_000);
        Map<String, Double> bytes = new LinkedHashMap<>();
        bytes.put("rows", perEvent(Long.parseLong(database.text(ROWS))));
        for (String index : database.query(INDEXES)) {
            bytes.put(
                    index.substring(0, index.indexOf('|')),
                    perEvent(Long.parseLong(index.substring(index.indexOf('|') + 1))));
        }
        bytes.put(
                "all",
                Math.round(10
                                * bytes.values().stream()
                                        .mapToDouble(each -> each)
                                        .sum())
                        / 10.0);
        figures.put("bytes_per_event", bytes);
        System.out.println(bytes);
    }

    private double perEvent(long bytes) {
        return Math.round(bytes * 10.0 / events) / 10.0;
    }

    private void sumUp() throws Exception {
        AuditUpkeepTable upkeep = new AuditUpkeepTable(database.database(), new SampleAudit(new Random(1)));
        long begun = System.nanoTime();
        upkeep.run(FOREVER, fill.at(1).plus(Duration.ofMinutes(2)));
        figures.put("roll_up_ms_per_hour", tenths(millisSince(begun) / (AuditFill.DAYS * 24)));
        figures.put("events_per_hour", events / (AuditFill.DAYS * 24));
        figures.put(
                "rows_of_sums_per_hour", database.number("select count(*) from audit_hour") / (AuditFill.DAYS * 24));
        database.execute("analyze audit_hour");
        database.execute("analyze audit_day");
        System.out.println(figures);
    }

    private void queries() throws StorageUnavailable, SQLException, IOException {
        awaitDatabase();
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
        try (Connection connection = database.database().connection();
                PreparedStatement explain = AuditSearchTable.conditions(query)
                        .prepare(connection, AuditPlan.EXPLAIN + AuditSearchTable.FIND, query.limit() + 1)) {
            return AuditPlan.of(explain);
        }
    }

    private AuditPlan plan(RollUpQuery query) throws SQLException, IOException {
        try (Connection connection = database.database().connection();
                PreparedStatement explain = AuditSearchTable.conditions(query)
                        .prepare(connection, AuditPlan.EXPLAIN + AuditSearchTable.sumUp(query), RollUpQuery.MOST)) {
            return AuditPlan.of(explain);
        }
    }

    /** After the server has been started again. */
    private void awaitDatabase() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> search.find(AuditQuery.newest(1)).rows().size() == 1);
    }

    private void inserts() throws SQLException {
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

    /** The indexes are gone by then, but their files go with any drop in no time. */
    private void dropDay() throws Exception {
        AuditUpkeepTable upkeep = new AuditUpkeepTable(database.database(), new SampleAudit(new Random(1)));
        Instant now = fill.at(1).plus(Duration.ofMinutes(2));
        long begun = System.nanoTime();
        upkeep.run(FOREVER, now);
        double nothing = millisSince(begun);
        begun = System.nanoTime();
        upkeep.run(new KeepPolicy(Duration.ofDays(AuditFill.DAYS - 1), LONG, LONG, Long.MAX_VALUE), now);
        figures.put("drop_day_ms", tenths(millisSince(begun) - nothing));
        figures.put("dropped_days", database.number("select count(*) from audit_dropped_day"));
        figures.put("dropped_events", database.number("select coalesce(sum(events), 0) from audit_dropped_day"));
    }

    private void write(Path folder) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("taken", Instant.now().toString());
        all.put("cores", Runtime.getRuntime().availableProcessors());
        all.put("java", System.getProperty("java.version"));
        all.put("postgresql", database.text("show server_version"));
        all.put("events", events);
        all.put("runs", runs);
        all.putAll(figures);
        all.put("queries", rows);
        Files.createDirectories(folder);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("audit.json").toFile(), all);
        String markdown = markdown(all);
        Files.writeString(folder.resolve("README.md"), markdown);
        System.out.println(markdown);
    }

    private String markdown(Map<String, Object> all) {
        StringBuilder text = new StringBuilder("# Searching the audit\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%s; %s events in %d days; %s cores shared by PostgreSQL %s (128 MB shared buffers) and Java %s; load average %s"
                        + " before, %s after. `first` is after a restart of PostgreSQL, the others of %d runs more; pages of 100,"
                        + " those called deep from the middle of all on. `rows read` are those that PostgreSQL looked at.%n%n",
                all.get("taken"),
                all.get("events"),
                AuditFill.DAYS,
                all.get("cores"),
                all.get("postgresql"),
                all.get("java"),
                all.get("load_average_before"),
                all.get("load_average_after"),
                runs));
        long slow = rows.stream().filter(Row::isSlow).count();
        text.append(
                String.format(Locale.ROOT, "%d queries, %d of them over %.0f ms.%n%n", rows.size(), slow, MOST_MILLIS));
        figures.forEach((name, value) -> {
            if (!name.startsWith("load")) {
                text.append("- ")
                        .append(name.replace('_', ' '))
                        .append(": ")
                        .append(value)
                        .append('\n');
            }
        });
        text.append(
                "\n| query | read by | rows read | found | first ms | p50 ms | max ms | |\n|---|---|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %d | %.1f | %.1f | %.1f | %s |%n",
                    row.query(),
                    row.scans(),
                    row.read(),
                    row.found(),
                    row.firstMillis(),
                    row.p50Millis(),
                    row.maxMillis(),
                    row.isSlow() ? "slow" : ""));
        }
        return text.toString();
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
