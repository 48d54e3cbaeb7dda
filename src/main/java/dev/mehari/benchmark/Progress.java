package dev.mehari.benchmark;

/**
 * How far a run has come, told once a second on the load generator's thread.
 *
 * @param elapsedSeconds whole seconds since the start
 * @param completed answers until now
 * @param completedLately answers since the last report
 * @param inFlight requests sent and not answered
 */
public record Progress(
        long elapsedSeconds,
        long completed,
        long completedLately,
        long rejected,
        long failed,
        long timeouts,
        int inFlight) {}
