package dev.mehari.audit;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;

/** Keeps the stored audit in order. Blocks for as long as the database takes, which can be minutes. */
public interface AuditUpkeep {
    /**
     * Sums up hours that are over, makes room for the events of today and tomorrow, and drops what {@code policy} does not
     * keep. Does nothing while another instance is at it.
     */
    void run(KeepPolicy policy, Instant now) throws StorageUnavailable;

    /**
     * Prepares what has come since the last time, for yesterday or later, for being searched. Does nothing while another
     * instance is at it.
     */
    void cover(Instant now) throws StorageUnavailable;

    /** What the events take now. */
    Size size() throws StorageUnavailable;

    /**
     * What events take.
     *
     * @param days for which there is a partition
     * @param bytes with indexes
     */
    record Size(int days, long bytes) {}
}
