package dev.mehari.benchmark;

import java.time.Duration;

/**
 * How much load to make, and for how long.
 *
 * @param concurrency connections; in the open loop the most that may be open at once; 1 to 60,000
 * @param rps requests due in a second (open loop); 0 for the closed loop
 * @param duration how long new requests start; zero when {@code requests} decides
 * @param requests how many requests to send; ignored (0) when {@code duration} is given
 * @param timeout longest wait for a complete answer, above zero
 * @param stream whether answers are event streams whose events are timed and whose end is checked
 */
public record LoadPlan(
        int concurrency, double rps, Duration duration, long requests, Duration timeout, boolean stream) {
    /** Applies when neither duration nor requests are given. */
    public static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);

    /** Connections of an open loop when none are given. */
    public static final int OPEN_LOOP_CONNECTIONS = 1000;

    public LoadPlan {
        require(concurrency >= 1 && concurrency <= 60_000, "--concurrent must be from 1 to 60000");
        require(rps >= 0 && rps <= 1_000_000, "--rps must be above 0 and at most 1000000");
        require(!duration.isNegative(), "--duration must be above 0");
        require(requests >= 0, "--requests must be at least 1");
        require(!timeout.isNegative() && !timeout.isZero(), "--timeout must be above 0");
        if (duration.isZero() && requests == 0) {
            duration = DEFAULT_DURATION;
        }
        if (!duration.isZero()) {
            requests = 0;
        }
    }

    /** Returns this plan with another number of connections. */
    public LoadPlan withConcurrency(int connections) {
        return new LoadPlan(connections, rps, duration, requests, timeout, stream);
    }

    boolean isOpenLoop() {
        return rps > 0;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
