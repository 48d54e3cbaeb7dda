package dev.mehari.alert;

/**
 * What alerts are decided from, as it is at one moment.
 *
 * @param inUse permits taken
 * @param maxConcurrent permits that there are
 * @param waiting requests in the queue
 * @param ended calls since start
 * @param refused of these
 */
public record AlertReading(int inUse, int maxConcurrent, int waiting, long ended, long refused) {}
