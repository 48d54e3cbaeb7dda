package dev.mehari.app;

import dev.mehari.audit.AuditJournal;
import dev.mehari.audit.AuditOutbox;
import dev.mehari.audit.DroppedEvents;
import dev.mehari.telemetry.AuditView;

/** Shows the audit to metrics. */
record AuditState(AuditOutbox outbox, AuditJournal journal) implements AuditView {
    @Override
    public long events() {
        return outbox.events();
    }

    @Override
    public long batches() {
        return outbox.batches();
    }

    @Override
    public int waiting() {
        return outbox.waiting();
    }

    @Override
    public double lagSeconds() {
        return outbox.lagSeconds();
    }

    @Override
    public long journalEvents() {
        return journal.events();
    }

    @Override
    public long journalBytes() {
        return journal.bytes();
    }

    @Override
    public long dropped(DroppedEvents.Reason reason) {
        return outbox.dropped(reason);
    }
}
