package dev.mehari.capture;

import dev.mehari.capture.CaptureCounts.Reason;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes captures on a thread of its own, {@code mehari-capture}, which also looks after those that are stored. What waits is
 * bounded by the memory that recordings take; what cannot be written at once is dropped and counted, never kept for later.
 */
public final class CaptureWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureWriter.class);
    private static final int MOST_CAPTURES = 64;
    private static final long MOST_BYTES = 8L << 20;
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final CaptureStore store;
    private final CaptureUpkeep upkeep;
    private final CaptureMemory memory;
    private final CaptureCounts counts;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread;
    private volatile long storedBytes;
    private volatile boolean closed;
    private boolean failing;

    /** @param taken of the memory, to be given back */
    private record Waiting(Capture capture, long taken) {}

    public CaptureWriter(
            CaptureStore store,
            CaptureUpkeep upkeep,
            CaptureMemory memory,
            CaptureCounts counts,
            Clock clock,
            LongSupplier nanos) {
        this.store = store;
        this.upkeep = upkeep;
        this.memory = memory;
        this.counts = counts;
        this.clock = clock;
        this.nanos = nanos;
        thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread named = new Thread(work, "mehari-capture");
            named.setDaemon(true);
            return named;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to look after what is stored, now and after each {@code pause}. */
    public void start(Duration pause) {
        var unused = thread.scheduleWithFixedDelay(this::lookAfter, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What captures take in the database, as of the last look. */
    public long storedBytes() {
        return storedBytes;
    }

    /** To be written soon. Any thread; does not wait. */
    void offer(Capture capture, long taken) {
        queue.add(new Waiting(capture, taken));
        if (closed) {
            dropRest();
        } else if (called.compareAndSet(false, true)) {
            try {
                thread.execute(this::write);
            } catch (RejectedExecutionException stopping) {
                LOG.debug("Captures are written by whoever stops", stopping);
            }
        }
    }

    private void write() {
        called.set(false); // what comes from now on calls again
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
            write(batch);
        }
    }

    private List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < MOST_CAPTURES && bytes < MOST_BYTES) {
            Waiting one = queue.poll();
            if (one == null) {
                break;
            }
            batch.add(one);
            bytes += one.capture().bytes();
        }
        return batch;
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, what comes later is to be written
    private void write(List<Waiting> batch) {
        try {
            int stored = store.add(batch.stream().map(Waiting::capture).toList());
            counts.stored(stored);
            counts.dropped(Reason.PURGED, batch.size() - stored);
            failing = false;
        } catch (StorageUnavailable away) {
            dropped(Reason.STORAGE, batch.size(), away);
        } catch (RuntimeException fault) {
            dropped(Reason.FAULT, batch.size(), fault);
        } finally {
            memory.give(batch.stream().mapToLong(Waiting::taken).sum());
        }
    }

    private void dropped(Reason reason, int captures, Exception why) {
        counts.dropped(reason, captures);
        if (!failing) {
            LOG.warn("Captured bodies cannot be written, and are dropped until they can", why);
        }
        failing = true;
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, the next round is to come
    private void lookAfter() {
        try {
            storedBytes = upkeep.run(clock.instant());
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("Captured bodies were not looked after; the next try is in a few minutes", failure);
        }
    }

    /** Writes what is left, for a few seconds at most. */
    @Override
    public void close() {
        long began = nanos.getAsLong();
        thread.shutdown();
        try {
            if (thread.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                for (List<Waiting> batch = inTime(began); !batch.isEmpty(); batch = inTime(began)) {
                    write(batch);
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        closed = true; // whoever adds after the last look below sees this
        dropRest();
    }

    private void dropRest() {
        for (Waiting one = queue.poll(); one != null; one = queue.poll()) {
            counts.dropped(Reason.STOPPED, 1);
            memory.give(one.taken());
        }
    }

    private List<Waiting> inTime(long began) {
        return nanos.getAsLong() - began < GRACE.toNanos() ? next() : List.of();
    }
}
