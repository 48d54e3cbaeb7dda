package dev.mehari.testing;

import dev.mehari.audit.DroppedEvents;
import dev.mehari.telemetry.AdmissionView;
import dev.mehari.telemetry.AuditView;
import dev.mehari.telemetry.BreakerView;
import dev.mehari.telemetry.DatabaseView;
import dev.mehari.telemetry.PoolView;
import java.util.Map;

/** The state of a gateway as a test sets it. */
public final class FakeViews implements AdmissionView, AuditView, BreakerView, DatabaseView, PoolView {
    public int inUse;
    public int waiting;
    public boolean open;
    public int consecutiveFailures;

    @Override
    public int inUse() {
        return inUse;
    }

    @Override
    public int maxConcurrent() {
        return 100;
    }

    @Override
    public int waiting() {
        return waiting;
    }

    @Override
    public int maxQueue() {
        return 200;
    }

    @Override
    public long queueRejected() {
        return 4;
    }

    @Override
    public long timedOut() {
        return 5;
    }

    @Override
    public long cancelled() {
        return 6;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public Map<String, String> states() {
        return Map.of("target", isOpen() ? "open" : "closed");
    }

    @Override
    public int consecutiveFailures() {
        return consecutiveFailures;
    }

    @Override
    public int busy() {
        return 7;
    }

    @Override
    public int idle() {
        return 8;
    }

    @Override
    public boolean reachable() {
        return true;
    }

    @Override
    public long events() {
        return 9;
    }

    @Override
    public long batches() {
        return 3;
    }

    @Override
    public double lagSeconds() {
        return 1.5;
    }

    @Override
    public long journalEvents() {
        return 10;
    }

    @Override
    public long journalBytes() {
        return 11;
    }

    @Override
    public long dropped(DroppedEvents.Reason reason) {
        return reason == DroppedEvents.Reason.JOURNAL ? 12 : 0;
    }
}
