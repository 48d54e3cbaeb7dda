package dev.mehari.faults;

import java.time.Duration;

/**
 * Under which terms Mehari ran.
 *
 * @param retries tries of a call after its first
 * @param budgetPercent tries again at most, in percent of calls, within {@code budgetWindow}
 * @param budgetLeast tries again that are allowed in any case, within {@code budgetWindow}
 * @param slack how far what Mehari knows may be behind what the upstream did
 */
record Terms(int retries, int budgetPercent, Duration budgetWindow, int budgetLeast, Duration slack) {
    long slackNanos() {
        return slack.toNanos();
    }
}
