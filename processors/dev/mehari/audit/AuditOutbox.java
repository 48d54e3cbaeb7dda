package dev.mehari.audit;

import dev.mehari.audit.DroppedEvents.Reason;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be written next, and what becomes of it. While all goes well, that is the queue's events, batch by batch. A batch
 * that cannot be written goes to the journal, and so does, in order, whatever comes while there is something in it; what is
 * in the journal is tried again after a pause, and as soon as that works it is written batch after batch, between those that
 * the queue fills meanwhile. So everything reaches the table in the order of the chain; and where events are lost, what is left
 * of them does, in their place.
 *
 * <p>{@link #next}, {@link #isBehind}, {@link #written} and {@link #keep} are for the one thread that writes.
 */
public final class AuditOutbox implements EventSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditOutbox.class);
    private static final int FROM_JOURNAL_IN_A_ROW = 4;
    private static final long RECENT_NANOS = Duration.ofMinutes(1).toNanos();

    private final AuditQueue queue;
    private final EventSeal seal;
    private final AuditJournal journal;
    private final Backlog backlog;
    private final Clock clock;
    private final LongSupplier nanos;
    private final long waitNanos;
    private final long pauseNanos;

    private final LossLog overflowing;
    private final LongAdder batches = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final Map<Reason, LongAdder> lost = new EnumMap<>(Reason.class);

    private long takenNanos;
    private long retryNanos;
    private boolean away;
    private int fromJournal;
    /** What was sealed last, until it is written or kept: its exchange may fail on the way, as when its thread is interrupted. */
    private @Nullable ChainPart underWay;
    /** What was given out last is of the backlog, where it still is. */
    private boolean refilling;
    /** Of those that found the queue full, how many have got a number. */
    private volatile long numbered;

    private volatile long oldestUnwrittenMicros;
    private volatile boolean stopping;
    private volatile boolean hasLost;
    private volatile long lostNanos;

    /**
     * @param refusals what becomes of events that the table never takes
     * @param wait of an event for others to make a batch, at most
     * @param pause after a failure, until the journal's events are tried again
     */
    public AuditOutbox(
            AuditQueue queue,
            EventSeal seal,
            AuditJournal journal,
            RefusedEvents refusals,
            Clock clock,
            LongSupplier nanos,
            Duration wait,
            Duration pause) {
        this.queue = queue;
        this.seal = seal;
        this.journal = journal;
        for (Reason reason : Reason.values()) {
            lost.put(reason, new LongAdder());
        }
        backlog = new Backlog(journal, refusals, nanos);
        this.clock = clock;
        this.nanos = nanos;
        overflowing = new LossLog(nanos, "The audit queue is full");
        waitNanos = wait.toNanos();
        pauseNanos = pause.toNanos();
        takenNanos = nanos.getAsLong();
        retryNanos = takenNanos;
        oldestUnwrittenMicros = journal.isEmpty() ? 0 : EventSeal.micros(clock);
    }

    @Override
    public void offer(AuditEvent event) {
        queue.offer(event);
    }

    /** {@link ChainPart} of the journal or of events that are lost, or a list of events of the queue. */
    @Override
    public @Nullable Object next(long patienceNanos) {
        long end = nanos.getAsLong() + patienceNanos;
        keepUnderWay();
        refilling = false;
        while (true) {
            ChainPart kept = fromJournal();
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
            DroppedEvents overflow = overflow();
            if (overflow != null) {
                return overflow;
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

    private void keepUnderWay() {
        ChainPart left = underWay;
        if (left != null) {
            keep(left, null);
        }
    }

    // They come before the events that are in the queue now, although some of these may be older.
    private @Nullable DroppedEvents overflow() {
        long soFar = queue.dropped();
        long since = soFar - numbered;
        if (since == 0) {
            return null;
        }
        numbered = soFar;
        noteLoss();
        overflowing.add(since, null);
        return seal.skip(since, Reason.QUEUE);
    }

    private @Nullable ChainPart fromJournal() {
        boolean due = !stopping && !backlog.isEmpty() && nanos.getAsLong() - retryNanos >= 0;
        boolean turn = fromJournal < FROM_JOURNAL_IN_A_ROW || queue.size() == 0;
        if (!due || !turn || queue.isHalfFull()) {
            return null;
        }
        ChainPart first;
        try {
            first = backlog.first();
        } catch (IOException unreadable) {
            retryNanos = nanos.getAsLong() + pauseNanos;
            LOG.error("The audit journal cannot be read", unreadable);
            return null;
        }
        fromJournal++;
        refilling = first != null;
        if (first instanceof SealedEvents batch) {
            oldestUnwrittenMicros = batch.events().get(0).atMicros();
        }
        return first;
    }

    /** A batch of {@link #next} as it is to be written; the same when it is sealed already. */
    ChainPart seal(Object batch) {
        ChainPart part = batch instanceof ChainPart sealed ? sealed : seal.seal(events((List<?>) batch));
        underWay = part;
        return part;
    }

    private static List<AuditEvent> events(List<?> fresh) {
        return fresh.stream().map(AuditEvent.class::cast).toList();
    }

    /** True when the batch that was given out last has to wait behind what is in the journal. */
    boolean isBehind() {
        return !refilling && !backlog.isEmpty();
    }

    /** {@code part} is in the table. */
    void written(ChainPart part) throws IOException {
        underWay = null;
        if (refilling) {
            refilling = false;
            backlog.removeFirst();
        }
        if (part instanceof SealedEvents batch) {
            batches.increment();
            events.add(batch.events().size());
        } else if (part instanceof DroppedEvents gone && gone.reason() == Reason.UNREADABLE) {
            LOG.error(
                    "Audit events {} to {} of chain {} are lost: the journal does not give them back",
                    gone.first(),
                    gone.last(),
                    gone.chain().id());
            lost(gone.count(), Reason.UNREADABLE);
        }
        if (away) {
            away = false;
            LOG.info("Audit events can be written again; {} in the journal follow", journal.events());
        }
        if (backlog.isEmpty()) {
            oldestUnwrittenMicros = 0;
        }
        overflowing.tell();
        backlog.tellLosses();
    }

    /**
     * {@code part} could not be written, or has to wait.
     *
     * @param failure null when it was not tried
     */
    void keep(ChainPart part, @Nullable Throwable failure) {
        underWay = null;
        if (failure != null) {
            retryNanos = nanos.getAsLong() + pauseNanos;
            if (!away) {
                LOG.warn("Audit events go to the journal until they can be written", failure);
            }
            away = true;
        }
        if (!refilling) {
            append(part);
            return;
        }
        refilling = false;
        if (failure != null) {
            lost(backlog.failed(part, failure), Reason.REFUSED);
        }
    }

    private void append(ChainPart part) {
        lost(backlog.append(part), Reason.JOURNAL);
        if (oldestUnwrittenMicros == 0) {
            oldestUnwrittenMicros =
                    part instanceof SealedEvents batch ? batch.events().get(0).atMicros() : EventSeal.micros(clock);
        }
    }

    private void lost(long count, Reason reason) {
        if (count > 0) {
            Objects.requireNonNull(lost.get(reason)).add(count);
            noteLoss();
        }
    }

    private void noteLoss() {
        lostNanos = nanos.getAsLong();
        hasLost = true;
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
        keepUnderWay();
        DroppedEvents overflow = overflow();
        if (overflow != null) {
            append(overflow);
        }
        for (List<AuditEvent> left = queue.take(); !left.isEmpty(); left = queue.take()) {
            append(seal.seal(left));
        }
        overflowing.close();
        lost(backlog.close(), Reason.JOURNAL);
    }

    /** Batches that were written. */
    public long batches() {
        return batches.sum();
    }

    /** Events that were written. */
    public long events() {
        return events.sum();
    }

    /** Events that are not in the table and never will be: no room in queue or journal, unreadable there, or refused. */
    public long dropped() {
        return Arrays.stream(Reason.values()).mapToLong(this::dropped).sum();
    }

    /** Those of {@link #dropped()} that are lost for {@code reason}. */
    public long dropped(Reason reason) {
        return reason == Reason.QUEUE
                ? queue.dropped()
                : Objects.requireNonNull(lost.get(reason)).sum();
    }

    /** What an operator should look at; null when there is nothing. */
    public @Nullable String trouble() {
        if (journal.isFull()) {
            return "the journal is full, so that the oldest events are lost: mehari.audit.journal.max-size";
        }
        boolean recent = hasLost && nanos.getAsLong() - lostNanos < RECENT_NANOS;
        if (recent || queue.dropped() != numbered) {
            return "events were lost within the last minute; the log says why";
        }
        long aside = dropped(Reason.REFUSED);
        return aside == 0 ? null : aside + " events are refused by the database and in files audit-refused-*.jsonl";
    }

    /** Seconds since the end of the call whose event waits longest to be written; 0 when none waits. */
    public double lagSeconds() {
        long oldest = oldestUnwrittenMicros == 0 ? queue.oldestMicros() : oldestUnwrittenMicros;
        return oldest == 0 ? 0 : Math.max(0, EventSeal.micros(clock) - oldest) / 1e6;
    }
}
