package dev.mehari.config;

import java.time.Duration;

/**
 * How long the audit is kept.
 *
 * @param events at least so long; days go as a whole
 * @param hours sums of hours
 * @param days sums of days
 * @param maxSize of events with their indexes; beyond it the oldest days go
 */
public record AuditKeepConfig(Duration events, Duration hours, Duration days, ByteSize maxSize) {
    private static final Duration ONE_DAY = Duration.ofDays(1);

    public static AuditKeepConfig from(Settings settings) {
        AuditKeepConfig keep = new AuditKeepConfig(
                settings.duration(
                        "mehari.audit.keep",
                        "90d",
                        ONE_DAY,
                        "how long events are kept, until set live as audit.keep; days go as a whole"),
                settings.duration("mehari.audit.keep-hours", "400d", ONE_DAY, "how long sums of hours are kept"),
                settings.duration("mehari.audit.keep-days", "3650d", ONE_DAY, "how long sums of days are kept"),
                settings.size(
                        "mehari.audit.max-size",
                        "20GiB",
                        1 << 20,
                        Long.MAX_VALUE,
                        "most that events may take in the database; beyond it the oldest days go"));
        if (keep.hours.compareTo(keep.events) < 0 || keep.days.compareTo(keep.hours) < 0) {
            settings.problem(
                    "mehari.audit.keep-hours must be at least mehari.audit.keep, and mehari.audit.keep-days at least"
                            + " mehari.audit.keep-hours");
        }
        return keep;
    }
}
