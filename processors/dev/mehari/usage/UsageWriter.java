package dev.mehari.usage;

import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes usage beside the request path, every call exactly once. Calls are added up in memory and written as a batch after
 * each pause, or as soon as there are {@value #MOST_ROWS} rows. A batch whose outcome is unknown is written again under its
 * number until the store has confirmed it, and only then the next. While the store is away what is kept is bounded by the
 * number of different keys, models, upstreams, credentials and days. Killed, a process loses what it had since the last batch
 * that was confirmed.
 *
 * <p>{@link #used} may be called from any thread; writing has a thread of its own, {@code mehari-usage}.
 */
public final class UsageWriter implements UsageObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageWriter.class);
    private static final int MOST_ROWS = 1000;
    private static final int LAST_ATTEMPTS = 5;

    private final UsageStore store;
    private final UUID id;
    private final UsageSums sums;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean early = new AtomicBoolean();
    private final Duration pause;

    // Confined to the writing thread, and to close() once that has ended.
    private long number;
    private List<UsageRow> batch = List.of();
    private volatile long callsInBatch;
    private volatile boolean failing;

    /**
     * A writer that begins with {@link #start}.
     *
     * @param id of this start of this instance and no other
     * @param pause between two batches
     */
    public UsageWriter(UsageStore store, UUID id, Clock clock, Duration pause) {
        this.store = store;
        this.id = id;
        this.pause = pause;
        sums = new UsageSums(clock);
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, work -> {
            Thread named = new Thread(work, "mehari-usage");
            named.setDaemon(true);
            return named;
        });
        one.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        one.setRemoveOnCancelPolicy(true);
        thread = one;
    }

    public void start() {
        var unused = thread.scheduleWithFixedDelay(this::write, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void used(MeteredCall call) {
        sums.used(call);
        if (sums.size() >= MOST_ROWS && !failing && early.compareAndSet(false, true)) {
            thread.execute(this::write);
        }
    }

    /** Calls whose usage is not known to be written. */
    public long unwrittenCalls() {
        return sums.calls() + callsInBatch;
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, what comes later is to be written
    private void write() {
        early.set(false);
        try {
            while (next()) {
                store.add(id, number, batch);
                batch = List.of();
                callsInBatch = 0;
                failing = false;
                if (sums.size() < MOST_ROWS) {
                    return;
                }
            }
        } catch (StorageUnavailable | RuntimeException failure) {
            if (!failing) {
                LOG.warn("Usage of {} calls is kept in memory until it can be written", unwrittenCalls(), failure);
            }
            failing = true;
        }
    }

    /** Makes sure that there is a batch to be written, if there is anything to write. */
    private boolean next() {
        if (batch.isEmpty()) {
            batch = sums.take();
            callsInBatch = batch.stream().mapToLong(row -> row.counts().calls()).sum();
            number++;
        }
        return !batch.isEmpty();
    }

    /** Writes what is left, for a few seconds at most. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            boolean idle = thread.awaitTermination(LAST_ATTEMPTS, TimeUnit.SECONDS);
            for (int i = 0; idle && i < LAST_ATTEMPTS && unwrittenCalls() > 0; i++) {
                write();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (unwrittenCalls() > 0) {
            LOG.error("Usage of {} calls is lost: the database does not answer", unwrittenCalls());
        }
    }
}
