package dev.mehari.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Alerts as routes, webhooks and operators get them. */
public final class AlertJson {
    private AlertJson() {}

    /**
     * {@code {"at","instance","name","level","state","value","above","unit","text"}}; {@code state} is raised or cleared,
     * {@code text} one sentence, under the name that chat systems' webhooks look for.
     */
    public static ObjectNode of(AlertEvent event) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("at", event.at().toString()).put("instance", event.instance());
        json.setAll(of(event.rule()));
        return json.put("state", event.raised() ? "raised" : "cleared")
                .put("value", rounded(event.value()))
                .put("text", text(event));
    }

    /** {@code {"name","level","above","unit"}}. */
    public static ObjectNode of(AlertRule rule) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", rule.name().text())
                .put("level", level(rule))
                .put("above", rule.above())
                .put("unit", rule.name().unit());
    }

    /** As operators see it. */
    public static String level(AlertRule rule) {
        return rule.severity().name().toLowerCase(Locale.ROOT);
    }

    /** Such as {@code critical alert raised on gw1:8080: queue is 63 requests, above 50}. */
    public static String text(AlertEvent event) {
        AlertRule rule = event.rule();
        return String.format(
                Locale.ROOT,
                "%s alert %s on %s: %s is %s %s, %s %d",
                level(rule),
                event.raised() ? "raised" : "cleared",
                event.instance(),
                rule.name().text(),
                number(event.value()),
                rule.name().unit(),
                event.raised() ? "above" : "no longer above",
                rule.above());
    }

    private static String number(double value) {
        double rounded = rounded(value);
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
