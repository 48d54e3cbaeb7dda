package dev.mehari.limits;

import java.time.Duration;

/**
 * How calls beyond a key's concurrency wait for one of its calls to end, instead of being refused.
 *
 * @param size how many may wait on one instance, 1 to 10,000
 * @param timeout how long each may, 100 ms to 10 min
 */
public record QueueLimit(int size, Duration timeout) {
    public QueueLimit {
        if (size < 1 || size > 10_000) {
            throw new IllegalArgumentException("size must be from 1 to 10000");
        }
        if (timeout.compareTo(Duration.ofMillis(100)) < 0 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("timeout must be from 100ms to 10m");
        }
    }
}
