package dev.mehari.eip.breaker;

import dev.mehari.exchange.Call;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Where a timed call runs and who watches it.
 *
 * @param millis how long the steps may take
 * @param cancelSteps steps that have not begun when the time is over are not run
 * @param timer fires for exchanges without an HTTP call
 * @param stepsExecutor runs the steps; null runs them on the caller's thread
 * @param afterTimeout goes on with exchanges that timed out and belong to no HTTP call
 */
record StepsTimeout(
        long millis,
        boolean cancelSteps,
        ScheduledExecutorService timer,
        @Nullable Executor stepsExecutor,
        Executor afterTimeout) {

    ScheduledFuture<?> start(Exchange exchange, Runnable timedOut) {
        Call call = Call.of(exchange);
        if (call != null) {
            return call.executor().schedule(timedOut, millis, TimeUnit.MILLISECONDS);
        }
        return timer.schedule(() -> afterTimeout.execute(timedOut), millis, TimeUnit.MILLISECONDS);
    }
}
