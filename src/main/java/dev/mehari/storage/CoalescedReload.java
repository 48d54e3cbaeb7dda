package dev.mehari.storage;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads when asked to: at most one reload runs at a time and one more is pending, however often it is asked. A reload begins
 * after the last request for one. For any thread.
 */
final class CoalescedReload {
    private static final Logger LOG = LoggerFactory.getLogger(CoalescedReload.class);
    private static final int RUNNING = 1;
    private static final int RUNNING_AND_PENDING = 2;

    private final Executor threads;
    private final Runnable reload;
    private final AtomicInteger state = new AtomicInteger();

    CoalescedReload(Executor threads, Runnable reload) {
        this.threads = threads;
        this.reload = reload;
    }

    void ask() {
        if (state.getAndUpdate(now -> Math.min(now + 1, RUNNING_AND_PENDING)) == 0) {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException closing) {
                state.set(0);
                LOG.debug("Nothing is reloaded any more");
            }
        }
    }

    @SuppressWarnings("IllegalCatch") // a reload that fails must not keep later ones from running
    private void run() {
        do {
            state.set(RUNNING);
            try {
                reload.run();
            } catch (RuntimeException failure) {
                LOG.error("Reloading failed; the next change tries again", failure);
            }
        } while (!state.compareAndSet(RUNNING, 0));
    }
}
