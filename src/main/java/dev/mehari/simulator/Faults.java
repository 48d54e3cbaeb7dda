package dev.mehari.simulator;

import java.time.Duration;

/**
 * How the simulated upstream fails.
 *
 * @param failRate share of requests answered with {@code status}, from 0 to 1
 * @param status HTTP status of those answers, 400 to 599
 * @param rateLimit requests that one API key may make in {@code rateWindow} before 429 answers; 0 does not limit
 * @param rateWindow length of the fixed window that {@code rateLimit} counts in, at least a millisecond
 */
public record Faults(double failRate, int status, int rateLimit, Duration rateWindow) {
    /** Never fails. */
    public static final Faults NONE = new Faults(0, 500, 0, Duration.ofMinutes(1));

    public Faults {
        if (!(failRate >= 0 && failRate <= 1)) {
            throw new IllegalArgumentException("the fail rate must be from 0 to 1");
        }
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("the status of failures must be from 400 to 599");
        }
        if (rateLimit < 0) {
            throw new IllegalArgumentException("the rate limit must not be negative");
        }
        if (rateWindow.toMillis() < 1) {
            throw new IllegalArgumentException("the window of the rate limit must be at least 1 ms");
        }
    }

    /** Returns faults that answer every request with {@code status}. */
    public static Faults always(int status) {
        return new Faults(1, status, 0, NONE.rateWindow);
    }

    /** Returns these faults with a limit of {@code requests} per key in each {@code window}. */
    public Faults withRateLimit(int requests, Duration window) {
        return new Faults(failRate, status, requests, window);
    }
}
