package dev.mehari.admin;

import dev.mehari.admission.AdmissionStats;
import java.time.Duration;
import java.util.List;

/** The queues as the admin API shows them: the gateway's own, and those of keys, of this instance. Any thread. */
public interface QueuesView {
    /**
     * A key's queue, since the start: {@code entered = success + timeout + cancelled + rejected + waiting}.
     *
     * @param waiting now
     * @param entered calls that found the key's slots taken
     * @param success got a slot after waiting
     * @param timeout waited for as long as they may
     * @param cancelled left because their client did
     * @param rejected found the queue full, or waiting hopeless
     * @param p50 median wait
     * @param p90 90th percentile
     * @param p99 99th percentile
     */
    record KeyQueueState(
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

    AdmissionStats admission();

    /** Keys whose queue was used, by id. */
    List<KeyQueueState> keys();
}
