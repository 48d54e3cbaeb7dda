package dev.mehari.eip.redelivery;

import dev.mehari.exchange.Call;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * The {@code executorServiceRef} of an error handler: redelivers a call on its own event loop, and at once when its client
 * leaves, so that nothing of it is kept for the rest of the wait. Makes no threads. Exchanges without a call wait on any of
 * the loops.
 *
 * <p>Camel hands over a task that does not say which exchange it is for. But it asks {@code retryWhile} and schedules the task
 * in one go on one thread ({@code RedeliveryErrorHandler.RedeliveryTask#doRun} of Camel 4.18); so the call that {@link #watching}
 * has seen last on this thread is the one that is to wait. Where that did not hold, the task would wait to its end on any loop.
 */
public final class RedeliveryTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private final ScheduledExecutorService loops;

    @SuppressWarnings("ThreadLocalUsage") // of each timer: two gateways in one process must not know of each other
    private final ThreadLocal<Call> asked = new ThreadLocal<>();

    /** @param loops stay the owner's to shut down */
    public RedeliveryTimer(ScheduledExecutorService loops) {
        this.loops = loops;
    }

    /** {@code retryWhile}, and whose redelivery comes next. */
    public Predicate watching(Predicate retryWhile) {
        return new Predicate() {
            @Override
            public boolean matches(Exchange exchange) {
                boolean again = retryWhile.matches(exchange);
                Call call = again && isToWait(exchange) ? Call.of(exchange) : null;
                if (call == null) {
                    asked.remove();
                } else {
                    asked.set(call);
                }
                return again;
            }

            @Override
            public String toString() {
                return retryWhile.toString();
            }
        };
    }

    /** What goes on at once is not handed to {@link #schedule}. */
    private static boolean isToWait(Exchange exchange) {
        return !(exchange.getMessage().getHeader(Exchange.REDELIVERY_DELAY) instanceof Long delay) || delay > 0;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Call call = asked.get();
        asked.remove();
        return call == null ? loops.schedule(command, delay, unit) : new DelayedTry(call, command).start(delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return loops.schedule(callable, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        return loops.scheduleAtFixedRate(command, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return loops.scheduleWithFixedDelay(command, initialDelay, delay, unit);
    }

    @Override
    public void execute(Runnable command) {
        loops.execute(command);
    }

    /** Does nothing: the loops are their owner's. */
    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return loops.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return loops.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return loops.awaitTermination(timeout, unit);
    }
}
