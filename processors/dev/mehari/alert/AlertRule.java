package dev.mehari.alert;

/**
 * One alert that there may be.
 *
 * @param above values above it raise the alert
 */
public record AlertRule(AlertName name, Severity severity, int above) {
    /** How bad it is. */
    public enum Severity {
        WARN,
        CRITICAL
    }

    public AlertRule {
        if (above < 1) {
            throw new IllegalArgumentException("an alert level is at least 1, not " + above);
        }
    }
}
