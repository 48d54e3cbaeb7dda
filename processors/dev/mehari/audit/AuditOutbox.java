package dev.mehari.audit;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be written next, and what becomes of it. While all goes well, that is the queue's events, batch by batch. A batch
 * that cannot be written goes to the journal, and so does, in order, whatever comes while there is something in it; what is
 * in the journal is tried again after a pause, and as soon as that works it is written batch after batch, between those that
 * the queue fills meanwhile. So everything reaches the table in the order of the chain.
 *
 * <p>{@link #next}, {@link #isBehind}, {@link #written} and {@link #keep} are for the one thread that writes.
 */
public final class AuditOutbox implements EventSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditOutbox.class);
    private static final int FROM_JOURNAL_IN_A_ROW = 4;

    private final AuditQueue queue;
    private final EventSeal seal;
    private final AuditJournal journal;
    private final Clock clock;
    private final LongSupplier nanos;
    private final long waitNanos;
    private final long pauseNanos;

    private final LongAdder batches = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder lost = new LongAdder();

    private long takenNanos;
    private long retryNanos;
    private boolean away;
    private int fromJournal;
    /** What was given out last is of the journal, where it still is. */
    private boolean refilling;

    private volatile long oldestUnwrittenMicros;
    private volatile boolean stopping;

    /**
     * @param wait of an event for others to make a batch, at most
     * @param pause after a failure, until the journal's events are tried again
     */
    public AuditOutbox(
            AuditQueue queue,
            EventSeal seal,
            AuditJournal journal,
            Clock clock,
            LongSupplier nanos,
            Duration wait,
            Duration pause) {
        this.queue = queue;
        this.seal = seal;
        this.journal = journal;
        this.clock = clock;
        this.nanos = nanos;
        waitNanos = wait.toNanos();
        pauseNanos = pause.toNanos();
        takenNanos = nanos.getAsLong();
        retryNanos = takenNanos;
        oldestUnwrittenMicros = journal.events() == 0 ? 0 : EventSeal.micros(clock);
    }

    @Override
    public void offer(AuditEvent event) {
        queue.offer(event);
    }

    /** {@link SealedEvents} of the journal, or a list of events of the queue. */
    @Override
    public @Nullable Object next(long patienceNanos) {
        long end = nanos.getAsLong() + patienceNanos;
        refilling = false;
        while (true) {
            SealedEvents kept = fromJournal();
            if (kept != null) {
                return kept;
            }
            long now = nanos.getAsLong();
            long left = Math.min(takenNanos + waitNanos - now, end - now);
            if (left > 0
                    && !queue.hasBatch()
                    && !stopping
                    && !Thread.currentThread().isInterrupted()) {
                queue.await(left);
                continue;
            }
            List<AuditEvent> fresh = queue.take();
            takenNanos = now;
            fromJournal = 0;
            if (!fresh.isEmpty()) {
                return fresh;
            }
            if (stopping || now - end >= 0 || Thread.currentThread().isInterrupted()) {
                return null;
            }
        }
    }

    private @Nullable SealedEvents fromJournal() {
        boolean due = journal.events() > 0 && !stopping && nanos.getAsLong() - retryNanos >= 0;
        boolean turn = fromJournal < FROM_JOURNAL_IN_A_ROW || queue.size() == 0;
        if (!due || !turn || queue.isHalfFull()) {
            return null;
        }
        SealedEvents first;
        try {
            first = journal.first();
        } catch (IOException unreadable) {
            retryNanos = nanos.getAsLong() + pauseNanos;
            LOG.error("The audit journal cannot be read", unreadable);
            return null;
        }
        fromJournal++;
        if (first != null) {
            refilling = true;
            oldestUnwrittenMicros = first.events().get(0).atMicros();
        }
        return first;
    }

    /** A batch of {@link #next} as it is to be written; the same when it is sealed already. */
    SealedEvents seal(Object batch) {
        if (batch instanceof SealedEvents sealed) {
            return sealed;
        }
        List<?> fresh = (List<?>) batch;
        return seal.seal(fresh.stream().map(AuditEvent.class::cast).toList());
    }

    /** True when the batch that was given out last has to wait behind what is in the journal. */
    boolean isBehind() {
        return !refilling && journal.events() > 0;
    }

    /** {@code batch} is in the table. */
    void written(SealedEvents batch) throws IOException {
        if (refilling) {
            refilling = false;
            journal.removeFirst();
        }
        batches.increment();
        events.add(batch.events().size());
        if (away) {
            away = false;
            LOG.info("Audit events can be written again; {} in the journal follow", journal.events());
        }
        if (journal.events() == 0) {
            oldestUnwrittenMicros = 0;
        }
    }

    /**
     * {@code batch} could not be written, or has to wait.
     *
     * @param failure null when it was not tried
     */
    void keep(SealedEvents batch, @Nullable Throwable failure) {
        if (failure != null) {
            retryNanos = nanos.getAsLong() + pauseNanos;
            if (!away) {
                LOG.warn("Audit events go to the journal until they can be written", failure);
            }
            away = true;
        }
        if (refilling) {
            refilling = false;
            return;
        }
        append(batch);
    }

    private void append(SealedEvents batch) {
        try {
            long dropped = journal.append(batch);
            if (oldestUnwrittenMicros == 0) {
                oldestUnwrittenMicros = batch.events().get(0).atMicros();
            }
            if (dropped > 0) {
                lost.add(dropped);
                LOG.error("The audit journal is full: its {} oldest events are lost", dropped);
            }
        } catch (IOException failure) {
            lost.add(batch.events().size());
            LOG.error(
                    "{} audit events are lost: the journal cannot be written",
                    batch.events().size(),
                    failure);
        }
    }

    @Override
    public int waiting() {
        return queue.size();
    }

    /** From now on only the queue is emptied, without waiting for batches to fill; the journal is left for the next start. */
    public void stopping() {
        stopping = true;
        queue.wake();
    }

    /** Keeps what is still in the queue. For when nobody writes any more. */
    @Override
    public void close() throws IOException {
        for (List<AuditEvent> left = queue.take(); !left.isEmpty(); left = queue.take()) {
            append(seal.seal(left));
        }
        journal.close();
    }

    /** Batches that were written. */
    public long batches() {
        return batches.sum();
    }

    /** Events that were written. */
    public long events() {
        return events.sum();
    }

    /** Events that are lost for good: those that found the queue or the journal full. */
    public long dropped() {
        return lost.sum() + queue.dropped();
    }

    /** Seconds since the end of the call whose event waits longest to be written; 0 when none waits. */
    public double lagSeconds() {
        long oldest = oldestUnwrittenMicros == 0 ? queue.oldestMicros() : oldestUnwrittenMicros;
        return oldest == 0 ? 0 : Math.max(0, EventSeal.micros(clock) - oldest) / 1e6;
    }
}
