package dev.mehari.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The program behind {@code bench/audit}, which says what it does: {@code AuditBench FOLDER EVENTS RUNS DAYS,DAYS...}. */
final class AuditBench {
    private static final double MOST_MILLIS = 200;
    private static final Map<String, String> SETTINGS = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "shared_buffers", "128MB",
            "max_wal_size", "4GB");

    private final int events;
    private final int runs;
    private final List<AuditBenchRun> all = new ArrayList<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private AuditBench(int events, int runs) {
        this.events = events;
        this.runs = runs;
    }

    public static void main(String[] arguments) throws Exception {
        AuditBench bench = new AuditBench(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        bench.figures.put("load_average_before", loadAverage());
        for (String days : arguments[3].split(",")) {
            bench.measure(Integer.parseInt(days));
            bench.figures.put("load_average_after", loadAverage());
            bench.write(Path.of(arguments[0]));
        }
        System.exit(bench.all.stream().flatMap(run -> run.rows().stream()).noneMatch(AuditBench::isSlow) ? 0 : 1);
    }

    private void measure(int days) throws Exception {
        Path data = TestFolder.create("mehari-audit-bench");
        try (OwnPostgres server = OwnPostgres.start(data, SETTINGS);
                TestDatabase database = TestDatabase.createOn(server.url())) {
            AuditBenchRun run = new AuditBenchRun(database, days, events, runs);
            run.fill();
            run.sumUp();
            server.stop();
            server.startAgain();
            run.queries();
            run.dropDay();
            run.inserts();
            figures.putIfAbsent("postgresql", database.text("show server_version"));
            all.add(run);
        } finally {
            deleteAll(data);
        }
    }

    private void write(Path folder) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("taken", Instant.now().toString());
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("java", System.getProperty("java.version"));
        json.put("events", events);
        json.put("runs", runs);
        json.putAll(figures);
        json.put("audits", all.stream().map(AuditBench::json).toList());
        Files.createDirectories(folder);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("audit.json").toFile(), json);
        String markdown = markdown(json);
        Files.writeString(folder.resolve("README.md"), markdown);
    }

    private static Map<String, Object> json(AuditBenchRun run) {
        Map<String, Object> json = new LinkedHashMap<>(run.figures());
        json.put("queries", run.rows());
        return json;
    }

    private String markdown(Map<String, Object> json) {
        StringBuilder text = new StringBuilder("# Searching the audit\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%s; %s events; %s cores shared by PostgreSQL %s (128 MB shared buffers) and Java %s; load average %s before,"
                        + " %s after. `first` is after a restart of PostgreSQL, the others are of %d runs more; a query counts by"
                        + " its best. Pages of 100, those called deep from the middle of the time asked for on. `rows read` are"
                        + " those that PostgreSQL looked at, but for the times of the newest %d.%n",
                json.get("taken"),
                events,
                json.get("cores"),
                json.get("postgresql"),
                json.get("java"),
                json.get("load_average_before"),
                json.get("load_average_after"),
                runs,
                AuditEventSearch.CHEAP));
        all.forEach(run -> markdown(run, text));
        return text.toString();
    }

    private static void markdown(AuditBenchRun run, StringBuilder text) {
        List<AuditBenchRun.Row> rows = run.rows();
        text.append(String.format(
                Locale.ROOT,
                "%n## In %s days%n%n%d queries, %d of them over %.0f ms; the slowest took %.0f ms.%n%n",
                run.figures().get("days"),
                rows.size(),
                rows.stream().filter(AuditBench::isSlow).count(),
                MOST_MILLIS,
                rows.stream().mapToDouble(AuditBenchRun.Row::bestMillis).max().orElse(0)));
        run.figures()
                .forEach((name, value) -> text.append("- ")
                        .append(name.replace('_', ' '))
                        .append(": ")
                        .append(value)
                        .append('\n'));
        text.append("""

                | query | read by | rows read | found | first ms | best ms | p50 ms | max ms | |
                |---|---|--:|--:|--:|--:|--:|--:|---|
                """);
        for (AuditBenchRun.Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %d | %.1f | %.1f | %.1f | %.1f | %s |%n",
                    row.query(),
                    row.scans(),
                    row.read(),
                    row.found(),
                    row.firstMillis(),
                    row.bestMillis(),
                    row.p50Millis(),
                    row.maxMillis(),
                    isSlow(row) ? "slow" : ""));
        }
    }

    private static boolean isSlow(AuditBenchRun.Row row) {
        return row.bestMillis() > MOST_MILLIS;
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
}
