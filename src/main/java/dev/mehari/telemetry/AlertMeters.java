package dev.mehari.telemetry;

import dev.mehari.alert.AlertJson;
import dev.mehari.alert.AlertRule;
import dev.mehari.alert.AlertWatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** A meter for each alert that there may be. */
public final class AlertMeters {
    private final AlertWatch watch;

    public AlertMeters(AlertWatch watch) {
        this.watch = watch;
    }

    public void bindTo(MeterRegistry registry) {
        for (AlertRule rule : watch.rules()) {
            Gauge.builder("mehari.alerts", watch, alerts -> isRaised(alerts, rule) ? 1 : 0)
                    .description("1 while an alert of this instance is raised, else 0")
                    .tags("name", rule.name().text(), "level", AlertJson.level(rule))
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static boolean isRaised(AlertWatch alerts, AlertRule rule) {
        return alerts.raised().stream().anyMatch(event -> event.rule().equals(rule));
    }
}
