package dev.mehari.storage.journal;

import dev.mehari.audit.AuditJournal;
import dev.mehari.audit.SealedEvents;
import dev.mehari.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A journal in one file, which H2's MVStore keeps: a batch is an entry under its number, and each change is a commit, which
 * the operating system has when it returns, so that it outlives the process. Whether it outlives the machine says the fsync
 * setting. There is no file while there is nothing in the journal.
 */
public final class StoredJournal implements AuditJournal {
    private static final int CACHE_MB = 1;
    private static final int COMPACTING_MILLIS = 20;
    private static final int COMPACT_EVERY = 256;
    /** Of the bound: from there on it counts as full. */
    private static final double NEARLY = 0.95;

    private final Path file;
    private final AuditConfig.Journal config;
    private final LongSupplier nanos;
    private @Nullable MVStore store;
    private @Nullable MVMap<Long, byte[]> batches;
    private long next;
    private long syncedNanos;
    private int removed;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean dropping;

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
            MVMap<Long, byte[]> map = map();
            for (byte[] batch : map.values()) {
                SealedEvents kept = SealedEvents.of(batch);
                events.addAndGet(kept.events().size());
                bytes.addAndGet(batch.length);
            }
            Long last = map.lastKey();
            next = last == null ? 0 : last + 1;
            if (map.isEmpty()) {
                discard();
            }
        } catch (MVStoreException | IllegalArgumentException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private MVMap<Long, byte[]> map() {
        MVMap<Long, byte[]> open = batches;
        if (open == null) {
            store = new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .cacheSize(CACHE_MB)
                    .open();
            store.setRetentionTime(0);
            open = store.openMap("batches");
            batches = open;
        }
        return open;
    }

    @Override
    public long append(SealedEvents batch) throws IOException {
        byte[] written = batch.bytes();
        try {
            MVMap<Long, byte[]> map = map();
            long dropped = 0;
            while (bytes.get() + written.length > config.maxSize().bytes() && !map.isEmpty()) {
                dropped += remove(map);
            }
            if (dropped > 0) {
                dropping = true;
            }
            map.put(next++, written);
            events.addAndGet(batch.events().size());
            bytes.addAndGet(written.length);
            commit();
            return dropped;
        } catch (MVStoreException failure) {
            throw new IOException(file + " cannot be written: " + failure.getMessage(), failure);
        }
    }

    // Returns how many events went.
    private long remove(MVMap<Long, byte[]> map) {
        Long first = map.firstKey();
        byte[] gone = first == null ? null : map.remove(first);
        if (gone == null) {
            return 0;
        }
        long count = SealedEvents.of(gone).events().size();
        events.addAndGet(-count);
        bytes.addAndGet(-gone.length);
        return count;
    }

    @Override
    public @Nullable SealedEvents first() throws IOException {
        return events.get() == 0 ? null : read(map().firstKey());
    }

    @Override
    public @Nullable SealedEvents last() throws IOException {
        return events.get() == 0 ? null : read(map().lastKey());
    }

    private @Nullable SealedEvents read(@Nullable Long number) throws IOException {
        try {
            byte[] batch = number == null ? null : map().get(number);
            return batch == null ? null : SealedEvents.of(batch);
        } catch (MVStoreException failure) {
            throw new IOException(file + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void removeFirst() throws IOException {
        try {
            MVMap<Long, byte[]> map = map();
            remove(map);
            if (bytes.get() <= config.maxSize().bytes() * NEARLY) {
                dropping = false;
            }
            if (map.isEmpty()) {
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
            batches = null;
        }
        Files.deleteIfExists(file);
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
        batches = null;
    }
}
