package dev.mehari.eip.seda;

import dev.mehari.exchange.Call;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ThreadPoolProfile;
import org.jspecify.annotations.Nullable;

/**
 * Where exchanges that belong to no {@link Call} go on after a wait, and the timer of their waits; those of a call use its
 * own executor. Made when first needed; the pool has threads only while it has work.
 */
final class SedaThreads {
    private final SedaComponent component;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable ExecutorService workers;

    SedaThreads(SedaComponent component) {
        this.component = component;
    }

    /** Fires only; what takes longer goes to {@link #executorOf}. */
    synchronized ScheduledExecutorService timer() {
        if (timer == null) {
            // Camel's own profile takes 1,000 timers and rejects the rest.
            ThreadPoolProfile unbounded = new ThreadPoolProfile("SedaTimer");
            unbounded.setPoolSize(1);
            unbounded.setMaxQueueSize(-1);
            timer = manager().newScheduledThreadPool(this, "SedaTimer", unbounded);
        }
        return timer;
    }

    Executor executorOf(@Nullable Call call) {
        return call == null ? workers() : call.executor();
    }

    ScheduledExecutorService timerOf(@Nullable Call call) {
        return call == null ? timer() : call.executor();
    }

    synchronized void stop() {
        if (timer != null) {
            manager().shutdownNow(timer);
            timer = null;
        }
        if (workers != null) {
            manager().shutdown(workers);
            workers = null;
        }
    }

    private synchronized ExecutorService workers() {
        if (workers == null) {
            workers = manager().newDefaultThreadPool(this, "SedaWorker");
        }
        return workers;
    }

    private ExecutorServiceManager manager() {
        return component.getCamelContext().getExecutorServiceManager();
    }
}
