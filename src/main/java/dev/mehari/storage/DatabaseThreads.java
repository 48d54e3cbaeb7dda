package dev.mehari.storage;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which blocking database work runs, {@code mehari-db-N}; as many as connections. Up to 1,000 pieces of
 * work wait; one more is refused with {@link RejectedExecutionException}.
 */
public final class DatabaseThreads implements Executor, AutoCloseable {
    private static final int MOST_WAITING = 1_000;
    private static final long GRACE_SECONDS = 5;

    private final ThreadPoolExecutor pool;

    DatabaseThreads(int size) {
        AtomicInteger number = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                size, size, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), work -> {
                    Thread thread = new Thread(work, "mehari-db-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable work) {
        pool.execute(work);
    }

    /** Pieces of work that wait for a thread. */
    public int waiting() {
        return pool.getQueue().size();
    }

    /** Lets what was begun end, for up to five seconds. */
    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException hurry) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
