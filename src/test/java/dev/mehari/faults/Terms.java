package dev.mehari.faults;

import java.time.Duration;

/**
 * Under which terms Mehari ran.
 *
 * @param retries tries of a call after its first
 * @param budgetPercent tries again at most, in percent of calls, within {@code budgetWindow}
 * @param budgetLeast tries again that are allowed in any case, within {@code budgetWindow}
 * @param slack how far what Mehari knows may be behind what the upstream did
 * @param firstByteTimeout how long an upstream may take to begin its answer
 * @param breaker what leaves an upstream alone; null when that is kept out of the run
 */
record Terms(
        int retries,
        int budgetPercent,
        Duration budgetWindow,
        int budgetLeast,
        Duration slack,
        Duration firstByteTimeout,
        Breaker breaker) {
    /**
     * When a circuit breaker opens, and for how long. Ejection by the same count is shorter, so that it needs no terms of its
     * own.
     *
     * @param failures in a row
     * @param openFor at most
     * @param isSure false when it may as well not open
     */
    record Breaker(int failures, Duration openFor, boolean isSure) {}

    long slackNanos() {
        return slack.toNanos();
    }
}
