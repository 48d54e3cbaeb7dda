package dev.mehari.benchmark;

/**
 * What a run saw of event streams.
 *
 * @param completed streams that reached their proper end
 * @param broken streams that began and then broke, timed out, or held an error event
 * @param events events of all streams
 * @param firstByte time from when a request was due to the first byte of its answer
 * @param firstEvent the same to the end of its first event
 * @param gap time from one event to the next of the same stream
 */
public record StreamSummary(
        long completed,
        long broken,
        long events,
        LatencySummary firstByte,
        LatencySummary firstEvent,
        LatencySummary gap) {}
