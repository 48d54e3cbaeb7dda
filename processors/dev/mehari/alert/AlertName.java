package dev.mehari.alert;

import java.util.Locale;

/** What an alert is about. */
public enum AlertName {
    /** Permits taken, in percent of those that there are. */
    CONCURRENCY("percent"),
    /** Requests in the queue. */
    QUEUE("requests"),
    /** Calls refused among those ended within {@link AlertWatch#WINDOW}, in percent. */
    REFUSALS("percent");

    private final String unit;

    AlertName(String unit) {
        this.unit = unit;
    }

    /** Of the value and of the level. */
    public String unit() {
        return unit;
    }

    /** As operators see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
