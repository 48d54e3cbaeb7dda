package dev.mehari.storage.journal;

import dev.mehari.audit.AuditJournal;
import dev.mehari.audit.ChainPart;
import dev.mehari.audit.DroppedEvents;
import dev.mehari.audit.DroppedEvents.Reason;
import dev.mehari.audit.SealedEvents;
import dev.mehari.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in one file, which H2's MVStore keeps: each change is a commit, which the operating system has when it
 * returns, so that it outlives the process. Whether it outlives the machine says the fsync setting. There is no file while
 * there is nothing in the journal.
 *
 * <p>An entry is in the map {@code spans}, under a number that grows: what would be left of the entry without its events. The
 * events are in the map {@code batches} under the same number, until they have to go.
 */
public final class StoredJournal implements AuditJournal {
    private static final Logger LOG = LoggerFactory.getLogger(StoredJournal.class);
    private static final int CACHE_MB = 1;
    private static final int COMPACTING_MILLIS = 20;
    private static final int COMPACT_EVERY = 256;
    /** Of the bound: from there on it counts as full. */
    private static final double NEARLY = 0.95;

    private final Path file;
    private final AuditConfig.Journal config;
    private final LongSupplier nanos;
    private @Nullable MVStore store;
    private @Nullable Maps maps;
    private long next;
    private long syncedNanos;
    private int removed;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean dropping;

    /** Of the file, while it is open. */
    private record Maps(MVMap<Long, byte[]> spans, MVMap<Long, byte[]> batches) {}

    private StoredJournal(Path file, AuditConfig.Journal config, LongSupplier nanos) {
        this.file = file;
        this.config = config;
        this.nanos = nanos;
        syncedNanos = nanos.getAsLong();
    }

    /**
     * The journal in {@code file}, with what it holds.
     *
     * @param nanos monotonic time
     * @throws IOException when it cannot be read
     */
    public static StoredJournal open(Path file, AuditConfig.Journal config, LongSupplier nanos) throws IOException {
        StoredJournal journal = new StoredJournal(file, config, nanos);
        if (Files.exists(file)) {
            journal.count();
        }
        return journal;
    }

    private void count() throws IOException {
        try {
            Maps all = maps();
            for (Map.Entry<Long, byte[]> entry : all.spans().entrySet()) {
                byte[] batch = batch(all, entry.getKey());
                bytes.addAndGet(entry.getValue().length + (batch == null ? 0L : batch.length));
                events.addAndGet(
                        batch == null ? 0 : DroppedEvents.of(entry.getValue()).count());
                next = entry.getKey() + 1;
            }
            if (all.spans().isEmpty()) {
                discard();
            }
        } catch (MVStoreException | IllegalArgumentException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private Maps maps() {
        Maps open = maps;
        if (open == null) {
            MVStore opened = new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .cacheSize(CACHE_MB)
                    .open();
            opened.setRetentionTime(0);
            open = new Maps(opened.openMap("spans"), opened.openMap("batches"));
            store = opened;
            maps = open;
        }
        return open;
    }

    @Override
    public long append(ChainPart part) throws IOException {
        // An interrupt, as at a stop, would close the file.
        boolean interrupted = Thread.interrupted();
        try {
            long dropped = part instanceof SealedEvents batch ? append(maps(), batch) : 0;
            if (part instanceof DroppedEvents gone) {
                put(maps().spans(), next++, gone);
            }
            if (dropped > 0) {
                dropping = true;
            }
            commit();
            return dropped;
        } catch (MVStoreException | IllegalArgumentException failure) {
            throw new IOException(file + " cannot be written: " + failure.getMessage(), failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long append(Maps all, SealedEvents batch) {
        byte[] written = batch.bytes();
        long more = DroppedEvents.BYTES + (long) written.length;
        long dropped = makeRoom(all, more);
        if (!all.spans().isEmpty() && !fits(more)) {
            put(all.spans(), next++, batch.dropped(Reason.JOURNAL));
            return dropped + batch.count();
        }
        put(all.spans(), next, batch.dropped(Reason.UNREADABLE));
        all.batches().put(next++, written);
        events.addAndGet(batch.count());
        bytes.addAndGet(written.length);
        return dropped;
    }

    private boolean fits(long more) {
        return bytes.get() + more <= config.maxSize().bytes();
    }

    // The first entry is left alone: it may be in the database already, which has only not said so.
    private long makeRoom(Maps all, long more) {
        Long first = all.spans().firstKey();
        long dropped = 0;
        while (first != null && !fits(more)) {
            Long oldest = all.batches().higherKey(first);
            if (oldest == null) {
                break;
            }
            DroppedEvents gone = span(all.spans(), oldest).dropped(Reason.JOURNAL);
            takeBatch(all, oldest, gone.count());
            put(all.spans(), oldest, gone);
            dropped += gone.count();
        }
        return dropped;
    }

    /** Puts {@code span} there, or makes it part of the one before. */
    private void put(MVMap<Long, byte[]> spans, long number, DroppedEvents span) {
        Long before = spans.lowerKey(number);
        DroppedEvents joined = before == null || before.equals(spans.firstKey())
                ? null
                : span(spans, before).and(span);
        if (before != null && joined != null && span.reason() != Reason.UNREADABLE) {
            spans.put(before, joined.bytes());
            bytes.addAndGet(spans.remove(number) == null ? 0 : -DroppedEvents.BYTES);
        } else {
            bytes.addAndGet(spans.put(number, span.bytes()) == null ? DroppedEvents.BYTES : 0);
        }
    }

    // What is left in a page that cannot be read goes with the file.
    private void takeBatch(Maps all, Long number, long count) {
        try {
            byte[] gone = all.batches().remove(number);
            if (gone == null) {
                return;
            }
            bytes.addAndGet(-gone.length);
        } catch (MVStoreException unreadable) {
            LOG.warn("{}: entry {} cannot be read", file, number, unreadable);
        }
        events.updateAndGet(before -> Math.max(0, before - count));
    }

    @Override
    public @Nullable ChainPart first() throws IOException {
        return isEmpty() ? null : read(maps().spans().firstKey());
    }

    @Override
    public @Nullable ChainPart last() throws IOException {
        return isEmpty() ? null : read(maps().spans().lastKey());
    }

    private @Nullable ChainPart read(@Nullable Long number) throws IOException {
        if (number == null) {
            return null;
        }
        try {
            byte[] batch = batch(maps(), number);
            return batch == null ? span(number) : SealedEvents.of(batch);
        } catch (IllegalArgumentException unreadable) {
            LOG.error("{}: what entry {} holds is not what was written", file, number, unreadable);
            return span(number);
        }
    }

    private DroppedEvents span(Long number) throws IOException {
        try {
            return span(maps().spans(), number);
        } catch (MVStoreException | IllegalArgumentException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private static DroppedEvents span(MVMap<Long, byte[]> spans, Long number) {
        byte[] span = spans.get(number);
        if (span == null) {
            throw new IllegalArgumentException("there is no entry " + number);
        }
        return DroppedEvents.of(span);
    }

    private byte @Nullable [] batch(Maps all, Long number) {
        try {
            return all.batches().get(number);
        } catch (MVStoreException unreadable) {
            LOG.error("{}: entry {} cannot be read", file, number, unreadable);
            return null;
        }
    }

    @Override
    public void removeFirst() throws IOException {
        replaceFirst(null);
    }

    @Override
    public void dropFirst(Reason reason) throws IOException {
        replaceFirst(reason);
    }

    private void replaceFirst(@Nullable Reason reason) throws IOException {
        try {
            Maps all = maps();
            Long first = all.spans().firstKey();
            if (first == null) {
                return;
            }
            DroppedEvents span = span(first);
            takeBatch(all, first, span.count());
            if (reason != null) {
                all.spans().put(first, span.dropped(reason).bytes());
            } else {
                all.spans().remove(first);
                bytes.addAndGet(-DroppedEvents.BYTES);
            }
            if (bytes.get() <= config.maxSize().bytes() * NEARLY) {
                dropping = false;
            }
            if (all.spans().isEmpty()) {
                discard();
                return;
            }
            commit();
            if (++removed % COMPACT_EVERY == 0 && store != null) {
                store.compactFile(COMPACTING_MILLIS);
            }
        } catch (MVStoreException failure) {
            throw new IOException(file + " cannot be written: " + failure.getMessage(), failure);
        }
    }

    private void commit() {
        if (store == null) {
            return;
        }
        store.commit();
        long now = nanos.getAsLong();
        boolean due = config.fsync() == AuditConfig.Fsync.ALWAYS
                || (config.fsync() == AuditConfig.Fsync.INTERVAL
                        && now - syncedNanos >= config.fsyncInterval().toNanos());
        if (due) {
            store.sync();
            syncedNanos = now;
        }
    }

    private void discard() throws IOException {
        if (store != null) {
            store.closeImmediately();
            store = null;
            bytes.set(0);
            maps = null;
        }
        Files.deleteIfExists(file);
    }

    @Override
    public boolean isEmpty() {
        return maps == null || maps.spans().isEmpty();
    }

    @Override
    public long events() {
        return events.get();
    }

    @Override
    public long bytes() {
        return bytes.get();
    }

    @Override
    public boolean isFull() {
        return dropping;
    }

    @Override
    public void close() throws IOException {
        if (store == null) {
            return;
        }
        try {
            store.commit();
            store.sync();
            store.close();
        } catch (MVStoreException failure) {
            throw new IOException(file + " cannot be written: " + failure.getMessage(), failure);
        }
        store = null;
        maps = null;
    }
}
