package dev.mehari.eip.breaker;

import dev.mehari.eip.breaker.Recovery.Origin;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncProcessor;

/**
 * A {@link Passage} whose steps have limited time. Steps and timer race for the exchange; who comes first owns it. Steps that
 * come second have only their copy, and a stream they answer with is discarded.
 */
final class TimedPassage {
    private final Passage passage;
    private final BreakerPermit permit;
    private final StepsTimeout timeout;
    private final TimeLimiter timeLimiter;
    private final StepsRun run;
    private final AtomicBoolean decided = new AtomicBoolean();

    TimedPassage(Passage passage, BreakerPermit permit, StepsTimeout timeout, TimeLimiter timeLimiter) {
        this.passage = passage;
        this.permit = permit;
        this.timeout = timeout;
        this.timeLimiter = timeLimiter;
        this.run = StepsRun.abandonable(passage.exchange());
    }

    boolean run(AsyncProcessor steps) {
        ScheduledFuture<?> clock;
        try {
            clock = timeout.start(passage.exchange(), this::timedOut);
        } catch (RejectedExecutionException e) {
            return rejected(e);
        }
        Executor executor = timeout.stepsExecutor();
        if (executor == null) {
            return runOn(steps, clock, true);
        }
        try {
            executor.execute(() -> runOn(steps, clock, false));
        } catch (RejectedExecutionException e) {
            clock.cancel(false);
            if (decided.compareAndSet(false, true)) {
                return rejected(e);
            }
            run.dropFailure();
        }
        return false;
    }

    private boolean runOn(AsyncProcessor steps, ScheduledFuture<?> clock, boolean callersThread) {
        boolean sync = steps.process(run.copy(), doneSync -> {
            if (!doneSync) {
                stepsDone(clock, false);
            }
        });
        return sync && stepsDone(clock, callersThread);
    }

    private boolean stepsDone(ScheduledFuture<?> clock, boolean sync) {
        clock.cancel(false);
        if (!decided.compareAndSet(false, true)) {
            run.dropLateAnswer();
            return false;
        }
        Exception failure = run.copy().getException();
        if (failure == null) {
            timeLimiter.onSuccess();
        } else {
            timeLimiter.onError(failure);
        }
        return passage.finish(run, permit, sync);
    }

    private void timedOut() {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        if (timeout.cancelSteps()) {
            run.cancel();
        }
        TimeoutException failure = TimeLimiter.createdTimeoutExceptionWithName(timeLimiter.getName(), null);
        timeLimiter.onError(failure);
        permit.failed(passage.exchange(), failure);
        passage.recover(failure, failure, Origin.BREAKER, false);
    }

    private boolean rejected(RejectedExecutionException e) {
        run.dropFailure();
        permit.failed(passage.exchange(), e);
        return passage.recover(e, e, Origin.STEPS, true);
    }
}
