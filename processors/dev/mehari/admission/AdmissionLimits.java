package dev.mehari.admission;

import java.time.Duration;

/**
 * How much the gateway takes on at once. Live: {@link AdmissionGate#apply} puts others in force under load.
 *
 * @param maxConcurrent permits, 1 to 1,000,000 ({@code proxy.max_concurrent})
 * @param maxQueue requests that may wait for one, 0 to 1,000,000; 0 means nobody waits ({@code proxy.max_queue})
 * @param queueTimeout how long one waits at most, 1 ms to 1 h ({@code proxy.queue_timeout})
 */
public record AdmissionLimits(int maxConcurrent, int maxQueue, Duration queueTimeout) {
    private static final int MOST = 1_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** What holds when nothing is configured. */
    public static final AdmissionLimits DEFAULT = new AdmissionLimits(100, 200, Duration.ofSeconds(5));

    public AdmissionLimits {
        if (maxConcurrent < 1 || maxConcurrent > MOST) {
            throw new IllegalArgumentException("proxy.max_concurrent must be 1 to 1000000, is " + maxConcurrent);
        }
        if (maxQueue < 0 || maxQueue > MOST) {
            throw new IllegalArgumentException("proxy.max_queue must be 0 to 1000000, is " + maxQueue);
        }
        if (queueTimeout.compareTo(SHORTEST) < 0 || queueTimeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("proxy.queue_timeout must be 1ms to 1h, is " + queueTimeout);
        }
    }
}
