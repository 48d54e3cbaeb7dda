package dev.mehari.telemetry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of PromQL as tells which series and labels an expression needs. */
record PromQl(Map<String, Set<String>> matched, Set<String> grouped) {
    /** Labels that Prometheus itself gives to whatever it scrapes. */
    static final Set<String> SCRAPED = Set.of("instance", "job");

    private static final Set<String> WORDS = Set.of(
            "sum",
            "max",
            "min",
            "avg",
            "count",
            "rate",
            "increase",
            "delta",
            "histogram_quantile",
            "label_values",
            "vector",
            "and",
            "or",
            "unless",
            "bool",
            "on",
            "ignoring");
    private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)");

    /** What {@code expression} needs; it must not be a mistake. */
    static PromQl of(String expression) {
        String bare = RANGE.matcher(TEXT.matcher(expression).replaceAll("\"\"")).replaceAll("");
        Set<String> grouped = new TreeSet<>();
        Matcher grouping = GROUPING.matcher(bare);
        while (grouping.find()) {
            grouped.addAll(List.of(grouping.group(1).strip().split("\\s*,\\s*")));
        }
        Map<String, Set<String>> matched = new TreeMap<>();
        Matcher series = SERIES.matcher(GROUPING.matcher(bare).replaceAll(" "));
        while (series.find()) {
            if (!WORDS.contains(series.group(1))) {
                matched.computeIfAbsent(series.group(1), name -> new LinkedHashSet<>())
                        .addAll(labels(series.group(2)));
            }
        }
        return new PromQl(matched, grouped);
    }

    private static List<String> labels(String matchers) {
        List<String> labels = new ArrayList<>();
        if (matchers != null) {
            Matcher label = LABEL.matcher(matchers);
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
        return labels;
    }

    /** What is wrong with it where only {@code exposed} is there, labels by the name of the series. */
    List<String> complaints(Map<String, Set<String>> exposed) {
        List<String> complaints = new ArrayList<>();
        Set<String> all = new TreeSet<>(SCRAPED);
        matched.forEach((name, labels) -> {
            Set<String> known = exposed.get(name);
            if (known == null) {
                complaints.add("there is no " + name);
                return;
            }
            all.addAll(known);
            labels.stream()
                    .filter(label -> !known.contains(label) && !SCRAPED.contains(label))
                    .forEach(label -> complaints.add(name + " has no label " + label));
        });
        grouped.stream()
                .filter(label -> !all.contains(label))
                .forEach(label -> complaints.add("nothing here has a label " + label));
        return complaints;
    }

    /** The series of a Prometheus text and their labels. */
    static Map<String, Set<String>> exposedBy(String scrape) {
        Map<String, Set<String>> exposed = new HashMap<>();
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher series = SERIES.matcher(TEXT.matcher(line).replaceAll("\"\""));
            if (series.lookingAt()) {
                exposed.computeIfAbsent(series.group(1), name -> new TreeSet<>())
                        .addAll(labels(series.group(2)));
            }
        });
        return exposed;
    }
}
