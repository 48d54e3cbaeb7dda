package dev.mehari.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.mehari.config.AlertsConfig;
import dev.mehari.config.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules in {@code config/}, against what a registry shows to Prometheus. */
class WatchFilesTest {
    private static final Path DASHBOARD = Path.of("config/grafana-dashboard.json");
    private static final Path RULES = Path.of("config/prometheus-alerts.yaml");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");
    private static final Pattern ANNOTATION_LABEL = Pattern.compile("\\$labels\\.(\\w+)");

    private final Map<String, Set<String>> exposed = exposed();

    // row 38
    @Test
    void every_panel_asks_for_series_and_labels_that_there_are() throws Exception {
        List<JsonNode> targets = new ArrayList<>();
        dashboard().path("panels").forEach(panel -> panel.path("targets").forEach(targets::add));

        assertThat(targets).hasSizeGreaterThan(30).allSatisfy(target -> {
            String expression = target.path("expr").asText();
            PromQl query = PromQl.of(expression);
            assertThat(query.matched()).as(expression).isNotEmpty();
            assertThat(query.complaints(exposed)).as(expression).isEmpty();
            assertThat(labelsOf(query)).as(expression).containsAll(found(LEGEND_LABEL, target.path("legendFormat")));
        });
    }

    // row 38
    @Test
    void audit_and_routes_are_shown_and_alerted_of() throws Exception {
        Set<String> shown = new TreeSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            panel.path("targets")
                    .forEach(target -> shown.addAll(
                            PromQl.of(target.path("expr").asText()).matched().keySet()));
        }
        Set<String> alerted = new TreeSet<>();
        rules().forEach(rule ->
                alerted.addAll(PromQl.of(rule.path("expr").asText()).matched().keySet()));

        assertThat(exposed.keySet().stream().filter(name -> name.matches("mehari_(audit|routes)_.*")))
                .filteredOn(name -> !shown.contains(name))
                .containsExactlyInAnyOrder("mehari_audit_batches_total", "mehari_audit_days");
        assertThat(alerted).contains("mehari_audit_dropped_total", "mehari_audit_lag_seconds", "mehari_routes_refused");
    }

    @Test
    void the_dashboard_can_be_imported_and_has_a_data_source_to_choose() throws Exception {
        JsonNode dashboard = dashboard();
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("%s", panel.path("title"))
                    .isTrue();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("description").asText()).isNotBlank();
            }
        }
        assertThat(dashboard.path("schemaVersion").asInt()).isPositive();
        assertThat(dashboard.path("id").isMissingNode()).isTrue();
        assertThat(dashboard.at("/templating/list/0/type").asText()).isEqualTo("datasource");
        String instances = dashboard.at("/templating/list/1/definition").asText();
        assertThat(exposed).containsKey(instances.replaceAll("label_values\\((\\w+), instance\\)", "$1"));
    }

    // row 38
    @Test
    void every_alert_rule_asks_for_series_and_labels_that_there_are() throws Exception {
        List<JsonNode> rules = rules();

        assertThat(rules).hasSizeGreaterThan(7).allSatisfy(rule -> {
            String name = rule.path("alert").asText();
            PromQl query = PromQl.of(rule.path("expr").asText());
            assertThat(query.matched()).as(name).isNotEmpty();
            assertThat(query.complaints(exposed)).as(name).isEmpty();
            assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(rule.at("/annotations/description").asText()).as(name).isNotBlank();
            assertThat(labelsOf(query)).as(name).containsAll(found(ANNOTATION_LABEL, rule.at("/annotations/summary")));
        });
        assertThat(rules).extracting(rule -> rule.path("alert").asText()).doesNotHaveDuplicates();
    }

    // row 40
    @Test
    void the_rules_have_the_levels_that_the_gateway_has_by_itself() throws Exception {
        AlertsConfig usual = AlertsConfig.from(Settings.of());

        assertThat(expression("MehariConcurrencyHigh"))
                .endsWith("> " + usual.concurrency().warn());
        assertThat(expression("MehariConcurrencyExhausted"))
                .endsWith("> " + usual.concurrency().critical());
        assertThat(expression("MehariQueueLong")).endsWith("> " + usual.queue().critical());
        assertThat(expression("MehariRefusalsHigh"))
                .contains("> " + usual.refusals().critical() + " ");
    }

    @Test
    void the_check_finds_mistakes() {
        assertThat(PromQl.of("sum by (nobody) (rate(mehari_calls_total{outcom=\"x\"}[1m])) / mehari_call")
                        .complaints(exposed))
                .containsExactly(
                        "there is no mehari_call",
                        "mehari_calls_total has no label outcom",
                        "nothing here has a label nobody");
        assertThat(PromQl.of("summ(mehari_calls_open)").complaints(exposed)).containsExactly("there is no summ");
    }

    /** Where Prometheus' own tool is on the path, it has to agree. */
    @Test
    void promtool_takes_the_rules_where_it_is_there() throws Exception {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path tool = Path.of(folder, "promtool");
            if (Files.isExecutable(tool)) {
                Process check = new ProcessBuilder(tool.toString(), "check", "rules", RULES.toString())
                        .redirectErrorStream(true)
                        .start();
                String said = new String(check.getInputStream().readAllBytes(), UTF_8);
                assertThat(check.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(check.exitValue()).as(said).isZero();
            }
        }
    }

    private static Map<String, Set<String>> exposed() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AllMeters.registerIn(registry);
        return PromQl.exposedBy(registry.scrape());
    }

    /** Labels that its result may have. */
    private Set<String> labelsOf(PromQl query) {
        if (!query.grouped().isEmpty()) {
            return query.grouped();
        }
        Set<String> labels = new TreeSet<>(PromQl.SCRAPED);
        query.matched().keySet().forEach(name -> labels.addAll(exposed.getOrDefault(name, Set.of())));
        return labels;
    }

    private static List<String> found(Pattern pattern, JsonNode text) {
        return pattern.matcher(text.asText())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static JsonNode dashboard() throws Exception {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    private static List<JsonNode> rules() throws Exception {
        List<JsonNode> rules = new ArrayList<>();
        for (JsonNode group : new YAMLMapper().readTree(RULES.toFile()).path("groups")) {
            group.path("rules").forEach(rules::add);
        }
        return rules;
    }

    private static String expression(String alert) throws Exception {
        return rules().stream()
                .filter(rule -> rule.path("alert").asText().equals(alert))
                .findFirst()
                .orElseThrow()
                .path("expr")
                .asText();
    }
}
