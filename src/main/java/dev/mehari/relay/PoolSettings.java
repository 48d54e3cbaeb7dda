package dev.mehari.relay;

import java.time.Duration;

/**
 * How upstream connections are kept.
 *
 * @param maxPerLoop connections per address and event loop
 * @param maxIdle how long an unused connection is kept; below what upstreams keep theirs, so that we close first
 * @param maxWholeBytes an answer up to this announced size is handed over as a whole
 * @param maxGatheredBytes an answer of unknown size is handed over as a stream once it is larger
 */
record PoolSettings(int maxPerLoop, Duration maxIdle, int maxWholeBytes, int maxGatheredBytes) {}
