package dev.mehari.app;

import dev.mehari.admin.QueuesView;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionStats;
import dev.mehari.limits.KeyQueueStats;
import dev.mehari.limits.KeyQueues;
import java.util.List;

/** The queues as the admin API wants to see them. */
record QueuesState(AdmissionGate gate, KeyQueues queues) implements QueuesView {
    @Override
    public AdmissionStats admission() {
        return gate.stats();
    }

    @Override
    public List<KeyQueueStats> keys() {
        return queues.stats();
    }
}
