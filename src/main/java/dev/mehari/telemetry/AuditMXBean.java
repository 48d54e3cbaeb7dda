package dev.mehari.telemetry;

import java.util.Map;

/** The audit, as JMX shows it. */
@Described("Events of calls on their way to the audit; all 0 where it is switched off")
public interface AuditMXBean {
    @Described(value = "Events written since start", unit = "events")
    long getWritten();

    @Described(value = "Events that wait in memory to be written", unit = "events")
    int getWaiting();

    @Described(value = "Age of the oldest event that is not written", unit = "s")
    double getLagSeconds();

    @Described(value = "Events in the journal on disk", unit = "events")
    long getJournalEvents();

    @Described(value = "Room that the journal takes", unit = "bytes")
    long getJournalBytes();

    @Described(value = "Events since start that never reach the table, by reason", unit = "events")
    Map<String, Long> getDropped();

    @Described(value = "What all events take in the database, as of the last look", unit = "bytes")
    long getStoredBytes();
}
