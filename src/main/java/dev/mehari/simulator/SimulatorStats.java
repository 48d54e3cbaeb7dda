package dev.mehari.simulator;

/**
 * What the simulated upstream has seen since it started. {@code GET /sim/stats} answers it as JSON with these names.
 * Requests to {@code /sim/...} are not counted.
 *
 * @param connectionsAccepted connections ever accepted
 * @param connectionsOpen connections open now
 * @param requests complete requests received
 * @param inFlight requests received and not yet answered completely
 * @param inFlightPeak the highest {@code inFlight} so far
 * @param succeeded answers below 400 sent completely, streams included
 * @param rateLimited 429 answers of the rate limit
 * @param failed other answers of 400 and above, whether asked for or earned
 * @param streamsStarted streams whose first event was sent
 * @param streamsCompleted streams sent to the end
 * @param streamsCut streams that the simulator itself broke because it was told to
 * @param streamsAborted streams whose client went away before the end
 * @param requestsAborted requests whose client went away before the first byte of the answer
 */
public record SimulatorStats(
        long connectionsAccepted,
        long connectionsOpen,
        long requests,
        long inFlight,
        long inFlightPeak,
        long succeeded,
        long rateLimited,
        long failed,
        long streamsStarted,
        long streamsCompleted,
        long streamsCut,
        long streamsAborted,
        long requestsAborted) {}
