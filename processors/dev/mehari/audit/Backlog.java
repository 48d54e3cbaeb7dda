package dev.mehari.audit;

import dev.mehari.audit.DroppedEvents.Reason;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be written before anything newer, in the order of the chain: the journal, and behind it what the journal did not
 * take. Of that one part stays in memory as it is, since it may be in the table already; of the rest only that it is lost.
 * For one thread.
 */
final class Backlog {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
    /** So often the same events are refused before they are set aside. */
    static final int REFUSALS = 3;

    private final AuditJournal journal;
    private final RefusedEvents refused;
    private final Deque<ChainPart> untaken = new ArrayDeque<>();
    private final LossLog withoutRoom;
    private final LossLog unwritten;
    private int refusals;

    Backlog(AuditJournal journal, RefusedEvents refused, LongSupplier nanos) {
        this.journal = journal;
        this.refused = refused;
        withoutRoom = new LossLog(nanos, "The audit journal is full");
        unwritten = new LossLog(nanos, "The audit journal cannot be written");
    }

    boolean isEmpty() {
        return journal.isEmpty() && untaken.isEmpty();
    }

    /** What is to be written next; null when there is nothing. */
    @Nullable
    ChainPart first() throws IOException {
        return journal.isEmpty() ? untaken.peekFirst() : journal.first();
    }

    /** What was {@link #first} is written, or given up. */
    void removeFirst() throws IOException {
        refusals = 0;
        if (journal.isEmpty()) {
            untaken.pollFirst();
        } else {
            journal.removeFirst();
        }
    }

    /** What was lost is told in the end, though nothing is lost any more. */
    void tellLosses() {
        withoutRoom.tell();
        unwritten.tell();
    }

    /** Keeps {@code part} behind what is there; returns how many events are lost by that. */
    long append(ChainPart part) {
        long dropped = 0;
        try {
            for (ChainPart first = untaken.peekFirst(); first != null; first = untaken.peekFirst()) {
                dropped += journal.append(first);
                untaken.removeFirst();
            }
            dropped += journal.append(part);
        } catch (IOException failure) {
            long forgotten = keepInMemory(part);
            unwritten.add(forgotten, failure);
            withoutRoom.add(dropped, null);
            return dropped + forgotten;
        }
        withoutRoom.add(dropped, null);
        return dropped;
    }

    private long keepInMemory(ChainPart part) {
        if (untaken.isEmpty()) {
            untaken.add(part);
            return 0;
        }
        DroppedEvents lost = part instanceof DroppedEvents already ? already : part.dropped(Reason.JOURNAL);
        // The first may be under way.
        DroppedEvents joined =
                untaken.size() > 1 && untaken.peekLast() instanceof DroppedEvents last ? last.and(lost) : null;
        if (joined != null) {
            untaken.removeLast();
        }
        untaken.add(joined == null ? lost : joined);
        return part instanceof DroppedEvents ? 0 : part.count();
    }

    /**
     * Writing {@code first} has failed. When it is refused again and again, it is set aside, so that what comes after it can be
     * written.
     *
     * @return events that were set aside
     */
    long failed(ChainPart first, Throwable failure) {
        if (!refused.isRefusal(failure) || ++refusals < REFUSALS) {
            return 0;
        }
        try {
            if (first instanceof SealedEvents events) {
                refused.keep(events);
                dropFirst(Reason.REFUSED);
                LOG.error(
                        "The database refuses audit events {} to {} of chain {}; they are in a file of the data folder",
                        first.first(),
                        first.last(),
                        first.chain().id(),
                        failure);
                return first.count();
            }
            removeFirst();
            LOG.error(
                    "The database refuses to note that audit events {} to {} of chain {} are lost",
                    first.first(),
                    first.last(),
                    first.chain().id(),
                    failure);
        } catch (IOException unkept) {
            LOG.error("Audit events that the database refuses cannot be set aside", unkept);
        }
        return 0;
    }

    private void dropFirst(Reason reason) throws IOException {
        refusals = 0;
        if (journal.isEmpty()) {
            untaken.addFirst(untaken.removeFirst().dropped(reason));
        } else {
            journal.dropFirst(reason);
        }
    }

    /** Makes what is there durable, as far as possible; returns how many events are lost for good. */
    long close() throws IOException {
        long lost = 0;
        while (!untaken.isEmpty()) {
            ChainPart first = untaken.removeFirst();
            try {
                journal.append(first);
            } catch (IOException failure) {
                lost += first instanceof SealedEvents ? first.count() : 0;
                LOG.error(
                        "Audit events {} to {} are lost: the journal cannot be written",
                        first.first(),
                        first.last(),
                        failure);
            }
        }
        withoutRoom.close();
        unwritten.close();
        journal.close();
        return lost;
    }
}
