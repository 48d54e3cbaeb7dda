package dev.mehari.storage.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.limits.LimitedKey;
import dev.mehari.testing.PostgresCpu;
import dev.mehari.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** The program behind {@code bench/decisions}, which says what it does: {@code DecisionBench FOLDER ROUNDS SECONDS WARM-UP RATES INSTANCES}. */
final class DecisionBench {
    private static final int KEYS = 1_000;
    private static final String LIMITS = "concurrency = 100, requests = 1000000000, requests_window_ms = 60000,"
            + " tokens = 1000000000000, tokens_window_ms = 60000";
    private static final int FLUSHES = 500;
    /** As long as it takes from the first call to a steady state: some seconds of the rate that is measured then. */
    private static final int LEAD_SECONDS = 3;

    private static final int WARM_UP_PASS_SECONDS = 20;
    /** Instances are warm when together they spend no more than this on compiling. */
    private static final long WARM_MILLIS_PER_SECOND = 20;

    private final String url;
    private final long firstKey;
    private final List<Map<String, Object>> results = new ArrayList<>();

    private DecisionBench(String url, long firstKey) {
        this.url = url;
        this.firstKey = firstKey;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        int warmUp = Integer.parseInt(arguments[3]);
        int[] rates = numbers(arguments[4]);
        int[] instances = numbers(arguments[5]);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "128MB")
                .setServerConfig("min_wal_size", "1GB")
                .setServerConfig("max_wal_size", "4GB")
                .start()) {
            try (TestDatabase database = TestDatabase.createOn(server.getJdbcUrl("postgres", "postgres"))) {
                LedgerDesk desk = new LedgerDesk(database);
                LimitedKey first = desk.key(LIMITS);
                for (int key = 1; key < KEYS; key++) {
                    desk.key(LIMITS);
                }
                recycleLog(database);
                DecisionBench bench = new DecisionBench(database.url(), first.id());
                Map<String, Object> about = bench.about();
                for (int processes : instances) {
                    bench.measure(processes, rounds, seconds, warmUp, rates);
                }
                about.put("load_average_after", loadAverage());
                about.put("results", bench.results);
                Files.createDirectories(folder);
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValue(folder.resolve("decisions.json").toFile(), about);
                String markdown = bench.markdown(about);
                Files.writeString(folder.resolve("README.md"), markdown);
                System.out.println(markdown);
            }
        }
    }

    /**
     * Leaves the server with files of its log that it can use again, as one has that has been up for a while: making a new
     * one, every 16 MB, holds all commits up for some 40 ms.
     */
    private static void recycleLog(TestDatabase database) {
        database.execute("create table filler as select repeat('x', 1000) from generate_series(1, 500000)");
        database.execute("drop table filler");
        database.execute("checkpoint");
        database.execute("checkpoint");
    }

    private void measure(int processes, int rounds, int seconds, int warmUp, int[] rates)
            throws IOException, SQLException, DataFormatException {
        List<LoadProcess> loads = new ArrayList<>();
        try {
            for (int process = 0; process < processes; process++) {
                loads.add(LoadProcess.start(url, firstKey, KEYS, process + 1));
            }
            warmUp(loads, warmUp, rates);
            for (int round = 0; round < rounds; round++) {
                for (String keys : List.of("hot", "zipf")) {
                    for (int rate : rates) {
                        Map<String, Object> result = run(loads, keys, rate, seconds);
                        results.add(result);
                        System.out.println(result);
                    }
                }
            }
        } finally {
            for (LoadProcess load : loads) {
                load.close();
            }
        }
    }

    /** Until they compile next to nothing any more, for so many seconds at most, under the highest of the loads. */
    private static void warmUp(List<LoadProcess> loads, int seconds, int[] rates)
            throws IOException, DataFormatException {
        double each = Arrays.stream(rates).max().orElseThrow() / (double) loads.size();
        int pass = Math.max(1, Math.min(WARM_UP_PASS_SECONDS, seconds) / 2);
        for (int passed = 0; passed < seconds; passed += 2 * pass) {
            long compiling = all(loads, "hot " + each + " " + pass).compileMillis
                    + all(loads, "zipf " + each + " " + pass).compileMillis;
            if (compiling < 2L * pass * WARM_MILLIS_PER_SECOND) {
                return;
            }
        }
    }

    private Map<String, Object> run(List<LoadProcess> loads, String keys, int rate, int seconds)
            throws IOException, SQLException, DataFormatException {
        String command = keys + " " + rate / (double) loads.size() + " ";
        all(loads, command + LEAD_SECONDS + " on");
        Duration postgres = PostgresCpu.of(url);
        LoadProcess.Result all = all(loads, command + seconds);
        long postgresMicros = PostgresCpu.of(url).minus(postgres).toNanos() / 1_000;
        long decisions = Math.max(1, all.granted + all.refused);
        Histogram latency = all.latency;
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("instances", loads.size());
        result.put("keys", keys);
        result.put("rate", rate);
        result.put("decisions_per_second", decisions / seconds);
        result.put("granted", all.granted);
        result.put("refused", all.refused);
        result.put("from_allotments", all.drawn);
        result.put("not_decided_by_database", all.others);
        result.put("p50_ms", millis(latency.getValueAtPercentile(50)));
        result.put("p99_ms", millis(latency.getValueAtPercentile(99)));
        result.put("p999_ms", millis(latency.getValueAtPercentile(99.9)));
        result.put("max_ms", millis(latency.getMaxValue()));
        result.put("batches_per_second", all.batches / seconds);
        result.put("postgres_cpu_us_per_decision", postgresMicros / decisions);
        result.put("instances_cpu_us_per_decision", all.cpuNanos / 1_000 / decisions);
        result.put("compile_ms_per_second", all.compileMillis / seconds);
        return result;
    }

    private static LoadProcess.Result all(List<LoadProcess> loads, String command)
            throws IOException, DataFormatException {
        for (LoadProcess load : loads) {
            load.begin(command);
        }
        LoadProcess.Result all = new LoadProcess.Result();
        for (LoadProcess load : loads) {
            load.addResult(all);
        }
        return all;
    }

    private Map<String, Object> about() throws SQLException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("taken", java.time.Instant.now().toString());
        about.put("cores", Runtime.getRuntime().availableProcessors());
        about.put("java", System.getProperty("java.version"));
        about.put("load_average_before", loadAverage());
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            try (ResultSet version = statement.executeQuery("show server_version")) {
                version.next();
                about.put("postgresql", version.getString(1));
            }
            statement.execute("create table flush_probe (n int)");
            statement.execute("insert into flush_probe values (0)");
            long[] commits = timed(connection, "update flush_probe set n = n + 1");
            statement.execute("set synchronous_commit = off");
            long[] unflushed = timed(connection, "update flush_probe set n = n + 1");
            about.put("commit_p50_us", commits[FLUSHES / 2] / 1_000);
            about.put("commit_p99_us", commits[FLUSHES * 99 / 100] / 1_000);
            about.put("flush_p50_us", (commits[FLUSHES / 2] - unflushed[FLUSHES / 2]) / 1_000);
        }
        return about;
    }

    private static long[] timed(Connection connection, String sql) throws SQLException {
        long[] took = new long[FLUSHES];
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int turn = 0; turn < FLUSHES; turn++) {
                long begun = System.nanoTime();
                update.executeUpdate();
                took[turn] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(took);
        return took;
    }

    private String markdown(Map<String, Object> about) {
        StringBuilder text = new StringBuilder("# Decisions per second of the ledger on PostgreSQL\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%s; %s cores shared by PostgreSQL %s, the instances (one JVM each, Java %s) and their load; synchronous commit;"
                        + " a commit of one row takes %s us at the median (p99 %s), of which the flush %s us;"
                        + " load average %s before, %s after.%n%n",
                about.get("taken"),
                about.get("cores"),
                about.get("postgresql"),
                about.get("java"),
                about.get("commit_p50_us"),
                about.get("commit_p99_us"),
                about.get("flush_p50_us"),
                about.get("load_average_before"),
                about.get("load_average_after")));
        text.append(
                "A decision is an acquire and, when granted, its settlement 40 ms later. Keys have 100 calls at once, requests and"
                        + " tokens per minute. Open loop, Poisson arrivals, latency from the intended start, measured once the"
                        + " instances are warm, which the time they spend on compiling shows, and the load has been there for 3 s.\n\n");
        text.append(
                "| instances | keys | rate/s | decisions/s | granted % | from allotments % | p50 ms | p99 ms | p99.9 ms | max ms | batches/s |"
                        + " CPU PostgreSQL us | CPU instances us | compiling ms/s | not decided |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Map<String, Object> one : results) {
            long granted = (Long) one.get("granted");
            long all = granted + (Long) one.get("refused");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %d | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                    one.get("instances"),
                    one.get("keys"),
                    one.get("rate"),
                    one.get("decisions_per_second"),
                    all == 0 ? 0 : 100 * granted / all,
                    all == 0 ? 0 : 100 * (Long) one.get("from_allotments") / all,
                    one.get("p50_ms"),
                    one.get("p99_ms"),
                    one.get("p999_ms"),
                    one.get("max_ms"),
                    one.get("batches_per_second"),
                    one.get("postgres_cpu_us_per_decision"),
                    one.get("instances_cpu_us_per_decision"),
                    one.get("compile_ms_per_second"),
                    one.get("not_decided_by_database")));
        }
        return text.toString();
    }

    private static double loadAverage() {
        return java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 10_000.0) / 100.0;
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
    }
}
