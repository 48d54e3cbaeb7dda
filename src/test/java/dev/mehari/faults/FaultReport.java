package dev.mehari.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a run came to, for people and for programs. */
final class FaultReport {
    private static final int SHOWN = 20;

    private final FaultHistory history;
    private final FaultCheck check;
    private final String mode;
    private final long seed;
    private final Duration took;

    FaultReport(FaultHistory history, FaultCheck check, String mode, long seed, Duration took) {
        this.history = history;
        this.check = check;
        this.mode = mode;
        this.seed = seed;
        this.took = took;
    }

    /** Writes README.md and faults.json. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("README.md"), markdown());
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("taken", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        all.put("cores", Runtime.getRuntime().availableProcessors());
        all.put("java", Runtime.version().toString());
        all.put("mode", mode);
        all.put("seed", seed);
        all.put("seconds", took.toSeconds());
        all.putAll(FaultRun.counts(history, check));
        all.put("endings", check.endings());
        all.put("violations", violations());
        all.put(
                "first_violations",
                check.violations().stream().limit(SHOWN).map(Violation::what).toList());
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("faults.json").toFile(), all);
    }

    private Map<Violation.Kind, Long> violations() {
        Map<Violation.Kind, Long> counts = new TreeMap<>();
        for (Violation.Kind kind : Violation.Kind.values()) {
            counts.put(
                    kind,
                    check.violations().stream()
                            .filter(one -> one.kind() == kind)
                            .count());
        }
        return counts;
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# Faulty upstreams\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d calls in %d s, %s, seed %d. Two upstreams, five credentials; %,d tries arrived, %.2f of calls; at most %s%n"
                        + "tries again within 10 s.%n%n",
                history.calls().size(),
                took.toSeconds(),
                mode,
                seed,
                history.tries().size(),
                history.tries().size() / (double) Math.max(1, history.calls().size()),
                check.mostTriesAgain()));
        table(text, "What became of calls", check.endings());
        table(text, "What must not happen, and how often it did", violations());
        FaultRun.counts(history, check).forEach((name, counts) -> {
            if (counts instanceof Map<?, ?> map) {
                table(text, name.replace('_', ' '), map);
            }
        });
        List<Violation> found = check.violations();
        if (!found.isEmpty()) {
            text.append("The first of what must not happen:\n\n")
                    .append(found.stream()
                            .limit(SHOWN)
                            .map(one -> "- " + one.kind() + ": " + one.what())
                            .collect(Collectors.joining("\n")))
                    .append('\n');
        }
        return text.toString();
    }

    private static void table(StringBuilder text, String title, Map<?, ?> rows) {
        text.append("| ").append(title).append(" | |\n|---|---:|\n");
        rows.forEach((name, count) ->
                text.append("| ").append(name).append(" | ").append(count).append(" |\n"));
        text.append('\n');
    }
}
