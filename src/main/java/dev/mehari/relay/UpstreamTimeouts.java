package dev.mehari.relay;

/**
 * How long an upstream may take, in nanoseconds; 0 is for ever.
 *
 * @param firstByteNanos from the request to the head of its answer, waiting for a pooled connection included
 * @param idleNanos between bytes of the answer, not counting the time that we did not read for a slow client's sake
 * @param totalNanos from the request to the last byte
 */
record UpstreamTimeouts(long connectNanos, long firstByteNanos, long idleNanos, long totalNanos) {}
