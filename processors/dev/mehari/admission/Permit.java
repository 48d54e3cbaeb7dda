package dev.mehari.admission;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to run one request. Closing it gives it back; closing it again does nothing. Any thread. */
public final class Permit implements AutoCloseable {
    private final AdmissionGate gate;
    private final long grantedNanos;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Permit(AdmissionGate gate, long grantedNanos) {
        this.gate = gate;
        this.grantedNanos = grantedNanos;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            gate.takeBack(grantedNanos);
        }
    }
}
