package dev.mehari.admin;

import dev.mehari.admission.AdmissionStats;
import dev.mehari.limits.KeyQueueStats;
import java.util.List;

/** The queues as the admin API shows them: the gateway's own, and those of keys, of this instance. Any thread. */
public interface QueuesView {
    AdmissionStats admission();

    /** Keys whose queue was used, by id. */
    List<KeyQueueStats> keys();
}
