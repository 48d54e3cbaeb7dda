package dev.mehari.app;

import dev.mehari.admission.AdmissionGate;
import dev.mehari.telemetry.AdmissionView;

/** Admission as telemetry wants to see it. */
record AdmissionState(AdmissionGate gate) implements AdmissionView {
    @Override
    public int inUse() {
        return gate.stats().inUse();
    }

    @Override
    public int maxConcurrent() {
        return gate.limits().maxConcurrent();
    }

    @Override
    public int waiting() {
        return gate.stats().waiting();
    }

    @Override
    public int maxQueue() {
        return gate.limits().maxQueue();
    }

    @Override
    public long queueRejected() {
        return gate.stats().queueRejected();
    }

    @Override
    public long timedOut() {
        return gate.stats().timedOut();
    }

    @Override
    public long cancelled() {
        return gate.stats().cancelled();
    }
}
