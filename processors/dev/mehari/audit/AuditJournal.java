package dev.mehari.audit;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where sealed events are kept until they can be written, in their order. Blocks. One thread changes it; any may ask how much
 * there is.
 */
public interface AuditJournal extends AutoCloseable {
    /**
     * Keeps {@code events} behind what is there, as durably as is configured.
     *
     * @return events that had to go, the oldest first, since there is no room for more; mostly 0
     */
    long append(SealedEvents events) throws IOException;

    /** What is to be written next; null when there is nothing. */
    @Nullable
    SealedEvents first() throws IOException;

    /** What came last; null when there is nothing. */
    @Nullable
    SealedEvents last() throws IOException;

    /** What was {@link #first} is written. */
    void removeFirst() throws IOException;

    /** Events that are kept. */
    long events();

    /** Room that they take, in bytes. */
    long bytes();

    /** True when some had to go, and there is hardly more room since. */
    boolean isFull();

    /** Makes all of it durable. */
    @Override
    void close() throws IOException;
}
