package dev.mehari.admission;

import java.time.Duration;

/**
 * What the gate has done since it was made. Always: {@code entered = admitted + queueFull + deadlineUnreachable + timedOut
 * + cancelled + shutDown + waiting}.
 *
 * @param maxConcurrent permits there are
 * @param maxQueue places in the line
 * @param inUse permits given out; above {@code maxConcurrent} for a while after that was lowered
 * @param waiting requests in the line
 * @param entered requests that asked
 * @param admitted requests that got a permit, at once or after waiting
 * @param queueFull refused because the line was full
 * @param deadlineUnreachable refused on arrival because waiting was hopeless
 * @param timedOut waited for as long as they may
 * @param cancelled left the line because their client did
 * @param shutDown refused because the gateway shuts down
 * @param waitP50 median wait of those who were admitted after waiting, since the start; zero when there were none
 * @param waitP90 90th percentile of the same
 * @param waitP99 99th percentile of the same
 */
public record AdmissionStats(
        int maxConcurrent,
        int maxQueue,
        int inUse,
        int waiting,
        long entered,
        long admitted,
        long queueFull,
        long deadlineUnreachable,
        long timedOut,
        long cancelled,
        long shutDown,
        Duration waitP50,
        Duration waitP90,
        Duration waitP99) {

    /** Those among {@code entered} that were let in, whatever became of them. */
    public long accepted() {
        return admitted + timedOut + cancelled + waiting;
    }

    /** Refused on arrival; {@code queue_rejected} of the metrics. */
    public long queueRejected() {
        return queueFull + deadlineUnreachable;
    }
}
