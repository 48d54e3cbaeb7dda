package dev.mehari.telemetry;

/** What admission shows of itself. Cheap to ask, from any thread; the counts are since start. */
public interface AdmissionView {
    /** Permits that are taken. */
    int inUse();

    int maxConcurrent();

    /** Requests in the queue. */
    int waiting();

    int maxQueue();

    /** Refused because the queue was full, or because the deadline could not be met. */
    long queueRejected();

    /** Refused after waiting for as long as they may. */
    long timedOut();

    /** Left the queue because their client did. */
    long cancelled();
}
