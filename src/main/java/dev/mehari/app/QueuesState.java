package dev.mehari.app;

import dev.mehari.admin.QueuesView;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionStats;
import java.util.List;

/** The queues as the admin API wants to see them. */
record QueuesState(AdmissionGate gate) implements QueuesView {
    @Override
    public AdmissionStats admission() {
        return gate.stats();
    }

    @Override
    public List<KeyQueueState> keys() {
        return List.of();
    }
}
