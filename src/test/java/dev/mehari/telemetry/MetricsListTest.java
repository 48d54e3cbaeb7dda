package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsListTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CallMeters calls = new CallMeters(registry);

    @Test
    void lists_exactly_what_the_registry_holds() throws Exception {
        AllMeters.registerIn(registry);

        // This registry shows the buckets of a timer as meters of their own; Prometheus does not.
        Set<String> registered = registry.getMeters().stream()
                .filter(meter -> !meter.getId().getName().endsWith(".histogram"))
                .map(MetricsListTest::row)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> listed = Files.readAllLines(Path.of("docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `mehari.") || line.startsWith("| `gen_ai.client"))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(listed).isEqualTo(registered);
        assertThat(registry.getMeters())
                .filteredOn(meter -> !meter.getId().getName().endsWith(".histogram"))
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
    }

    @Test
    void counts_by_dialect_outcome_and_status_class() {
        // row 38
        calls.begun();
        calls.ended(
                new EndedCall(Dialect.ANTHROPIC, new CallRecord(0, 5, 9, 201, 30, 40, CallRecord.End.COMPLETE), null));
        calls.begun();
        calls.ended(AllMeters.refused());

        assertThat(registry.get("mehari.calls")
                        .tags("dialect", "anthropic", "outcome", "success", "status", "2xx")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("mehari.refusals")
                        .tag("reason", "queue_timeout")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("mehari.call.first.byte")
                        .tag("dialect", "anthropic")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("mehari.call.response.bytes")
                        .tag("dialect", "anthropic")
                        .counter()
                        .count())
                .isEqualTo(40);
        assertThat(registry.get("mehari.calls.open").gauge().value()).isZero();
    }

    @Test
    void counts_tokens_by_kind_and_money() {
        // row 53
        new UsageMeters(registry)
                .used(new MeteredCall(1, "m", "u", 7, new TokenUsage(1, 2, 3, 10, 5), true, 1_500_000_000));

        new UsageMeters(registry).used(new MeteredCall(1, "m", null, 0, new TokenUsage(7, 0, 0, 0, 0), false, 0));

        assertThat(tokens("input")).isEqualTo(1);
        assertThat(tokens("cached")).isEqualTo(2);
        assertThat(tokens("cache_write")).isEqualTo(3);
        assertThat(tokens("output")).isEqualTo(10);
        assertThat(tokens("reasoning")).isEqualTo(5);
        assertThat(registry.get("mehari.usage.cost").counter().count()).isEqualTo(1.5);
        assertThat(registry.get("mehari.usage.estimated").counter().count()).isEqualTo(1);
    }

    private double tokens(String kind) {
        return registry.get("mehari.usage.tokens")
                .tags("kind", kind, "upstream", "u")
                .counter()
                .count();
    }

    private static String row(Meter meter) {
        String unit = meter.getId().getBaseUnit();
        String tags = meter.getId().getTags().stream()
                .map(tag -> tag.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
        return "| `" + meter.getId().getName() + "` | "
                + meter.getId().getType().name().toLowerCase(Locale.ROOT) + " | "
                + (unit == null ? "" : unit + " ") + "| " + (tags.isEmpty() ? "" : tags + " ") + "|";
    }
}
