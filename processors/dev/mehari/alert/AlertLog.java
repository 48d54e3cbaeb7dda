package dev.mehari.alert;

import dev.mehari.failure.StorageUnavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events into the {@link AlertStore}, later when it cannot at once. Of more than {@value #MOST_WAITING} that wait the
 * oldest are given up. For any thread; never blocks.
 */
public final class AlertLog {
    static final int MOST_WAITING = 100;

    private static final Logger LOG = LoggerFactory.getLogger(AlertLog.class);

    private final AlertStore store;
    private final Executor blocking;
    private final Deque<AlertEvent> waiting = new ArrayDeque<>();
    private boolean writing;

    /** @param blocking where the store is used */
    public AlertLog(AlertStore store, Executor blocking) {
        this.store = store;
        this.blocking = blocking;
    }

    /** To be written with the next {@link #write}. */
    public void add(AlertEvent event) {
        synchronized (waiting) {
            if (waiting.size() == MOST_WAITING) {
                LOG.warn("Never written down, since the database is away: {}", waiting.removeFirst());
            }
            waiting.addLast(event);
        }
    }

    /** Writes what waits, if anything does; to be called every now and then. */
    public void write() {
        synchronized (waiting) {
            if (writing || waiting.isEmpty()) {
                return;
            }
            writing = true;
        }
        try {
            blocking.execute(this::writeNow);
        } catch (RejectedExecutionException busy) {
            LOG.debug("Written down later", busy);
            done(List.of());
        }
    }

    private void writeNow() {
        List<AlertEvent> some;
        synchronized (waiting) {
            some = new ArrayList<>(waiting);
        }
        List<AlertEvent> written = List.of();
        try {
            store.add(some);
            written = some;
        } catch (StorageUnavailable away) {
            LOG.debug("Written down later", away);
        } finally {
            done(written);
        }
    }

    private void done(List<AlertEvent> written) {
        synchronized (waiting) {
            waiting.removeAll(written);
            writing = false;
        }
    }
}
