package dev.mehari.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Values of gauges and counters as the registry has them now, for people who look: by name and tag. */
record MeterValues(MeterRegistry registry) {
    private static final String UPSTREAM = "upstream";

    /** All meters of that name together; 0 for none. */
    double sum(String name) {
        return registry.find(name).meters().stream()
                .mapToDouble(MeterValues::value)
                .sum();
    }

    long count(String name) {
        return Math.round(sum(name));
    }

    /** By the value of {@code tag}. */
    Map<String, Long> by(String tag, String name) {
        return by(tag, registry.find(name).meters());
    }

    /** By upstream, then by the value of {@code tag}. */
    Map<String, Map<String, Long>> byUpstreamAnd(String tag, String name) {
        Map<String, Map<String, Long>> all = new TreeMap<>();
        for (Meter meter : registry.find(name).meters()) {
            String upstream = meter.getId().getTag(UPSTREAM);
            if (upstream != null) {
                all.computeIfAbsent(
                        upstream,
                        one -> by(tag, registry.find(name).tag(UPSTREAM, one).meters()));
            }
        }
        return all;
    }

    private static Map<String, Long> by(String tag, Collection<Meter> meters) {
        Map<String, Long> all = new TreeMap<>();
        for (Meter meter : meters) {
            @Nullable String key = meter.getId().getTag(tag);
            if (key != null) {
                all.merge(key, Math.round(value(meter)), Long::sum);
            }
        }
        return all;
    }

    private static double value(Meter meter) {
        return StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(one -> one.getStatistic() == Statistic.VALUE || one.getStatistic() == Statistic.COUNT)
                .mapToDouble(one -> one.getValue())
                .findFirst()
                .orElse(0);
    }
}
