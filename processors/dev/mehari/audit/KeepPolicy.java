package dev.mehari.audit;

import java.time.Duration;

/**
 * How long the audit is kept. Days are dropped as a whole.
 *
 * @param events each is kept at least as long
 * @param hours sums of hours, at least as long as events
 * @param days sums of days, at least as long as those of hours
 * @param maxBytes of events with their indexes; beyond it the oldest days are dropped, but never today
 */
public record KeepPolicy(Duration events, Duration hours, Duration days, long maxBytes) {
    /** The same with events kept for {@code keep}, and sums for as long at least. */
    public KeepPolicy withEvents(Duration keep) {
        return new KeepPolicy(keep, longer(hours, keep), longer(days, keep), maxBytes);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
