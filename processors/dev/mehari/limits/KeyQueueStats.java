package dev.mehari.limits;

import java.time.Duration;

/**
 * How a key's queue fares on this instance since its start: {@code entered = success + timeout + cancelled + waiting}.
 *
 * @param waiting now
 * @param entered calls that have waited or do
 * @param success got a lease
 * @param timeout waited for as long as they may
 * @param cancelled left because their client did, or were refused for another limit than that of calls at once
 * @param rejected found no room, and did not enter
 * @param p50 half of the latest 500 waits were at most so long; waits for a lease and those up to the timeout count
 * @param p90 nine of ten
 * @param p99 99 of 100
 */
public record KeyQueueStats(
        long keyId,
        int waiting,
        long entered,
        long success,
        long timeout,
        long cancelled,
        long rejected,
        Duration p50,
        Duration p90,
        Duration p99) {}
