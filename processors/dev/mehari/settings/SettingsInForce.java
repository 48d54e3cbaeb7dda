package dev.mehari.settings;

import java.time.Duration;

/**
 * The settings that can change while Mehari runs, as they are at one moment.
 *
 * @param maxConcurrent requests under way at once, at least 1
 * @param rateLimit requests let in per second, 0 for no limit
 * @param maxQueue requests waiting at once, 0 for none
 * @param queueTimeout longest wait in the queue
 * @param auditKeep how long events of the audit are kept, at least a day
 */
public record SettingsInForce(
        int maxConcurrent, int rateLimit, int maxQueue, Duration queueTimeout, Duration auditKeep) {}
