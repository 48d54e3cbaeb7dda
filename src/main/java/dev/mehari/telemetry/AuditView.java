package dev.mehari.telemetry;

import dev.mehari.audit.DroppedEvents;

/** How the audit stands, for metrics. */
public interface AuditView {
    /** Events that are in the table. */
    long events();

    /** Batches in which they went there. */
    long batches();

    /** Events that wait in memory. */
    int waiting();

    double lagSeconds();

    /** Events in the journal. */
    long journalEvents();

    long journalBytes();

    /** Events that are not there and never will be, for that reason. */
    long dropped(DroppedEvents.Reason reason);
}
