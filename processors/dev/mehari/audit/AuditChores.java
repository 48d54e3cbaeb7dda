package dev.mehari.audit;

import dev.mehari.audit.AuditUpkeep.Size;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the stored audit from the start on, every few minutes, and its newest events every few seconds, on a thread of its own. */
public final class AuditChores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditChores.class);
    private static final long GRACE_SECONDS = 5;

    private final AuditUpkeep upkeep;
    private final Supplier<KeepPolicy> policy;
    private final Clock clock;
    private final Duration pause;
    private final Duration coverPause;
    private final ScheduledExecutorService thread;
    private volatile Size size = new Size(0, 0);

    /**
     * Chores that begin with {@link #start}.
     *
     * @param policy asked anew in each round
     * @param pause between two rounds
     * @param coverPause between two times that the newest events are prepared for searches
     */
    public AuditChores(
            AuditUpkeep upkeep, Supplier<KeepPolicy> policy, Clock clock, Duration pause, Duration coverPause) {
        this.upkeep = upkeep;
        this.policy = policy;
        this.clock = clock;
        this.pause = pause;
        this.coverPause = coverPause;
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, work -> {
            Thread named = new Thread(work, "mehari-audit-chores");
            named.setDaemon(true);
            return named;
        });
        one.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread = one;
    }

    public void start() {
        var unused = thread.scheduleWithFixedDelay(this::run, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
        long nanos = coverPause.toNanos();
        var unusedNeither = thread.scheduleWithFixedDelay(this::cover, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** As of the last round. */
    public Size size() {
        return size;
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, the next round is to come
    private void run() {
        try {
            upkeep.run(policy.get(), clock.instant());
            size = upkeep.size();
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.warn("The audit was not looked after; the next try is in {} s", pause.toSeconds(), failure);
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, the next round is to come
    private void cover() {
        try {
            upkeep.cover(clock.instant());
        } catch (StorageUnavailable | RuntimeException failure) {
            LOG.debug("The newest of the audit was not prepared for searches", failure);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            var unused = thread.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
