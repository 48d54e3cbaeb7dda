package dev.mehari.audit;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where sealed events are kept until they can be written, in their order. Blocks. One thread changes it; any may ask how much
 * there is.
 */
public interface AuditJournal extends AutoCloseable {
    /**
     * Keeps {@code part} behind what is there, as durably as is configured. Where there is no room, the oldest events go, but
     * for the first: what is left of them is {@link DroppedEvents} in their place. So may {@code part} itself.
     *
     * @return events that had to go; mostly 0
     */
    long append(ChainPart part) throws IOException;

    /** What is to be written next; null when there is nothing. Events that cannot be read any more are dropped ones. */
    @Nullable
    ChainPart first() throws IOException;

    /** What came last; null when there is nothing. */
    @Nullable
    ChainPart last() throws IOException;

    /** What was {@link #first} is written. */
    void removeFirst() throws IOException;

    /** The events of {@link #first} go; what is left is in their place. */
    void dropFirst(DroppedEvents.Reason reason) throws IOException;

    /** True when there is neither an event nor a dropped one. */
    boolean isEmpty();

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
