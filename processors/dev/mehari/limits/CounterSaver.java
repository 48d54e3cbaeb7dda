package dev.mehari.limits;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link MemoryLedger}'s counters, so that a restart forgets no budget: those that have changed, every second and
 * when it is closed. What cannot be saved while the store is away is saved later. A crash loses at most the last second.
 */
public final class CounterSaver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CounterSaver.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int FORGET_EVERY = 60;

    private final MemoryLedger ledger;
    private final CounterStore store;
    private final Executor blocking;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private int rounds;
    private boolean isAway;
    private @Nullable Future<?> timer;

    /** @param blocking where saving runs */
    public CounterSaver(MemoryLedger ledger, CounterStore store, Executor blocking) {
        this.ledger = ledger;
        this.store = store;
        this.blocking = blocking;
    }

    /** Goes on from what was kept, and saves from now on. Blocks. */
    public void start(ScheduledExecutorService clock) throws StorageUnavailable {
        ledger.restore(store.load());
        timer = clock.scheduleWithFixedDelay(this::tick, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (underWay.compareAndSet(false, true)) {
            try {
                blocking.execute(this::round);
            } catch (RejectedExecutionException full) {
                LOG.debug("No thread is free to save what keys have used; trying again", full);
                underWay.set(false);
            }
        }
    }

    private void round() {
        try {
            save();
        } finally {
            underWay.set(false);
        }
    }

    /** Saves what has changed; what cannot be saved now is told of again. */
    @SuppressWarnings("IllegalCatch") // whatever fails, what was taken is put back
    synchronized void save() {
        List<KeyCounters> changes = ledger.takeChanges();
        try {
            if (!changes.isEmpty()) {
                store.save(changes);
            }
            isAway = false;
        } catch (StorageUnavailable | RuntimeException failure) {
            ledger.keepLater(changes);
            if (!isAway) {
                LOG.warn("What keys have used cannot be saved; trying again until it can", failure);
            }
            isAway = true;
        }
        rounds++;
        if (rounds % FORGET_EVERY == 0) {
            ledger.forgetIdle();
        }
    }

    /** Saves the last state. Blocks. */
    @Override
    public void close() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        ledger.close();
        save();
    }
}
