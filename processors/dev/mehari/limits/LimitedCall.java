package dev.mehari.limits;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Deadline;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.limits.LimitDecision.Refused;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to a lease: asks, waits in its key's queue if it may, and ends granted, refused, or because its
 * client left, once. After {@link #start} all happens on the call's executor, which is one thread.
 */
final class LimitedCall implements KeyQueue.Waiter {
    /** How often the first in a queue asks though no call has ended here: one may have ended on another instance. */
    private static final long ASK_EVERY_MILLIS = 100;

    private final LimitKey limits;
    private final Exchange exchange;
    private final Call call;
    private final LimitedKey key;
    private final AsyncCallback callback;
    private final LimitRequest request;
    private final Runnable leave = this::leave;

    private boolean asking;
    private boolean askedMeanwhile;
    private boolean queued;
    private boolean over;
    private long current;
    private long enteredNanos;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> asks;

    LimitedCall(LimitKey limits, Exchange exchange, Call call, LimitedKey key, AsyncCallback callback) {
        this.limits = limits;
        this.exchange = exchange;
        this.call = call;
        this.key = key;
        this.callback = callback;
        current = key.limits().concurrency();
        request = limits.request(exchange, key, () -> call.breakOff(LimitRefusals.leaseLost()));
    }

    /** As {@link org.apache.camel.AsyncProcessor#process}. */
    boolean start() {
        // Whoever comes later does not pass those who wait.
        if (key.limits().queue() != null && limits.queues().waiting(key.id()) > 0) {
            onExecutor(this::enter);
            return false;
        }
        LimitDecision decision = ask();
        if (decision == null) {
            return false;
        }
        if (mayWaitAfter(decision)) {
            onExecutor(this::enter);
            return false;
        }
        conclude(decision);
        callback.done(true);
        return true;
    }

    /** The decision if it is there at once; else null, and {@link #decided} follows on the executor. */
    private @Nullable LimitDecision ask() {
        asking = true;
        Thread asker = Thread.currentThread();
        LimitDecision[] atOnce = new LimitDecision[1];
        boolean[] returned = new boolean[1];
        limits.ledger().acquire(request, decision -> {
            // What is asked on one thread is read on it only.
            if (Thread.currentThread() == asker && !returned[0]) {
                atOnce[0] = decision;
            } else {
                onExecutor(() -> decided(decision));
            }
        });
        returned[0] = true;
        LimitDecision decision = atOnce[0];
        if (decision != null) {
            asking = false;
        }
        return decision;
    }

    private void decided(LimitDecision decision) {
        asking = false;
        if (queued || over) {
            decidedWaiting(decision);
        } else if (mayWaitAfter(decision)) {
            enter();
        } else {
            conclude(decision);
            callback.done(false);
        }
    }

    private boolean mayWaitAfter(LimitDecision decision) {
        if (decision instanceof Refused refused && refused.kind() == LimitKind.CONCURRENCY) {
            current = refused.current();
            return key.limits().queue() != null;
        }
        return false;
    }

    private void enter() {
        QueueLimit queue = key.limits().queue();
        if (queue == null) {
            throw new IllegalStateException("who has no queue does not wait");
        }
        if (call.isClientGone()) {
            end(LimitOutcome.CANCELLED, new ClientGone());
            return;
        }
        int before = limits.queues().enter(key.id(), this, queue.size());
        if (before < 0) {
            int waiting = limits.queues().waiting(key.id());
            end(
                    LimitOutcome.QUEUE_FULL,
                    limits.refusals().queueFull(current, key.limits().concurrency(), waiting, queue));
            return;
        }
        queued = true;
        enteredNanos = limits.nanoTime();
        try {
            long mayWait =
                    Deadline.atMost(queue.timeout(), exchange, enteredNanos).toNanos();
            deadline = call.executor().schedule(() -> expire(queue), mayWait, TimeUnit.NANOSECONDS);
            if (before == 0) {
                startAsking();
            }
        } catch (RejectedExecutionException stopping) {
            leave();
            return;
        }
        call.onClientGone(leave);
    }

    @Override
    public void becomeFirst() {
        onExecutor(() -> {
            if (!over && asks == null) {
                startAsking();
                askWaiting();
            }
        });
    }

    @Override
    public void askAgain() {
        onExecutor(this::askWaiting);
    }

    private void startAsking() {
        asks = call.executor()
                .scheduleWithFixedDelay(this::askWaiting, ASK_EVERY_MILLIS, ASK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void askWaiting() {
        if (over) {
            return;
        }
        if (asking) {
            askedMeanwhile = true;
            return;
        }
        LimitDecision decision = ask();
        if (decision != null) {
            decidedWaiting(decision);
        }
    }

    private void decidedWaiting(LimitDecision decision) {
        if (over) {
            if (decision instanceof LimitDecision.Granted granted) {
                granted.lease().settle(Charge.NONE);
                limits.queues().freed(key.id());
            }
        } else if (mayWaitAfter(decision)) {
            if (askedMeanwhile) {
                askedMeanwhile = false;
                askWaiting();
            }
        } else {
            boolean granted = decision instanceof LimitDecision.Granted;
            stopWaiting(granted ? KeyQueue.End.SUCCESS : KeyQueue.End.CANCELLED);
            conclude(decision);
            callback.done(false);
        }
    }

    private void expire(QueueLimit queue) {
        if (!over) {
            long waited = waitedMillis();
            stopWaiting(KeyQueue.End.TIMEOUT);
            end(
                    LimitOutcome.QUEUE_TIMEOUT,
                    limits.refusals().queueTimeout(current, key.limits().concurrency(), waited, queue));
        }
    }

    private void leave() {
        if (!over) {
            stopWaiting(KeyQueue.End.CANCELLED);
            end(LimitOutcome.CANCELLED, new ClientGone());
        }
    }

    private void stopWaiting(KeyQueue.End how) {
        over = true;
        cancel(deadline);
        cancel(asks);
        call.clearClientGone(leave);
        limits.queues().leave(key.id(), this, how, waitedMillis());
    }

    private long waitedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(limits.nanoTime() - enteredNanos);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void end(LimitOutcome outcome, Exception failure) {
        over = true;
        limits.counts().count(outcome);
        exchange.setException(failure);
        callback.done(false);
    }

    /** Leaves the decision with the exchange. */
    private void conclude(LimitDecision decision) {
        over = true;
        LimitOutcome outcome = decision.fold(
                granted -> hold(granted.lease()),
                refused -> {
                    exchange.setException(limits.refusals().of(refused));
                    return LimitOutcome.of(refused.kind());
                },
                unavailable -> {
                    exchange.setException(unavailable.failure());
                    return LimitOutcome.UNAVAILABLE;
                });
        limits.counts().count(outcome);
    }

    private LimitOutcome hold(Lease lease) {
        if (call.isClientGone()) {
            lease.settle(Charge.NONE);
            limits.queues().freed(key.id());
            exchange.setException(new ClientGone());
            return LimitOutcome.CANCELLED;
        }
        limits.counts().begun();
        call.beforeLastByte(() -> {
            lease.settle(exchange.getProperty(ExchangeKeys.CHARGE) instanceof Charge used ? used : Charge.NONE);
            limits.counts().ended();
            limits.queues().freed(key.id());
        });
        return LimitOutcome.GRANTED;
    }

    private void onExecutor(Runnable next) {
        try {
            call.executor().execute(next);
        } catch (RejectedExecutionException stopping) {
            next.run();
        }
    }
}
