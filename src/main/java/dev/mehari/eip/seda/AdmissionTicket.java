package dev.mehari.eip.seda;

import dev.mehari.admission.Admission;
import dev.mehari.admission.Permit;
import dev.mehari.admission.Waiter;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.Deadline;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.SedaConsumerNotAvailableException;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/**
 * One exchange in the line. It leaves in one of four ways, each exactly once: granted, refused at its deadline, refused at
 * shutdown, or because its client left. All that follows runs on the call's executor. While a streaming caller waits, it
 * gets a heartbeat every now and then.
 */
final class AdmissionTicket extends Waiter {
    /** Key of exchanges that carry none: they share one place in the round. */
    private static final String NO_KEY = "";

    private final Exchange exchange;
    private final @Nullable AsyncCallback callback;
    private final @Nullable Call call;
    private final AdmissionQueue queue;
    private final SedaThreads threads;
    private final Runnable leave = this::leave;
    private volatile @Nullable Future<?> deadline;
    private volatile @Nullable Future<?> heartbeat;

    private AdmissionTicket(
            Exchange exchange,
            @Nullable AsyncCallback callback,
            AdmissionQueue queue,
            SedaThreads threads,
            String key,
            int priority,
            long timeoutNanos) {
        super(key, priority, timeoutNanos);
        this.exchange = exchange;
        this.callback = callback;
        this.call = Call.of(exchange);
        this.queue = queue;
        this.threads = threads;
    }

    /** A place for {@code exchange}; without {@code callback} nobody waits for the outcome. */
    static AdmissionTicket of(
            Exchange exchange, @Nullable AsyncCallback callback, AdmissionQueue queue, SedaThreads threads) {
        String key = exchange.getProperty(ExchangeKeys.KEY_ID, NO_KEY, String.class);
        int priority = exchange.getProperty(ExchangeKeys.PRIORITY, 0, Integer.class);
        return new AdmissionTicket(
                exchange,
                callback,
                queue,
                threads,
                key,
                Math.max(0, Math.min(HIGHEST_PRIORITY, priority)),
                Deadline.nanosLeft(exchange, queue.gate().nanoTime()));
    }

    Exchange exchange() {
        return exchange;
    }

    Admission enter() {
        Call client = call;
        // Before entering: once granted, another thread may say what to do should the client leave.
        if (client != null) {
            client.onClientGone(leave);
        }
        Admission admission = queue.gate().enter(this);
        if (admission instanceof Admission.Waiting) {
            try {
                startTimers();
            } catch (RejectedExecutionException e) {
                leave(e);
            }
            if (client != null && client.isClientGone()) {
                leave();
            }
        } else if (client != null) {
            client.clearClientGone(leave);
        }
        return admission;
    }

    @Override
    protected void granted(Permit permit, long waitedNanos) {
        try {
            threads.executorOf(call).execute(() -> start(permit, waitedNanos));
        } catch (RejectedExecutionException e) {
            permit.close();
            end(e, waitedNanos);
        }
    }

    @Override
    protected void refused(GatewayBusy failure, long waitedNanos) {
        queue.waits().waited(waitedNanos, false);
        try {
            threads.executorOf(call).execute(() -> end(failure, waitedNanos));
        } catch (RejectedExecutionException e) {
            end(failure, waitedNanos);
        }
    }

    private void start(Permit permit, long waitedNanos) {
        stopWaiting();
        AdmissionConsumer consumer = queue.consumer();
        if (call != null && call.isClientGone()) {
            permit.close();
            end(new ClientGone(), waitedNanos);
        } else if (consumer == null) {
            permit.close();
            end(new SedaConsumerNotAvailableException("the route was stopped", exchange), waitedNanos);
        } else {
            queue.waits().waited(waitedNanos, true);
            exchange.setProperty(ExchangeKeys.QUEUE_MS, TimeUnit.NANOSECONDS.toMillis(waitedNanos));
            AsyncCallback waiting = callback;
            if (waiting == null) {
                consumer.runAlone(exchange, permit);
            } else {
                consumer.run(exchange, permit, call, doneSync -> waiting.done(false));
            }
        }
    }

    private void leave() {
        leave(new ClientGone());
    }

    private void leave(Exception reason) {
        if (queue.gate().cancel(this)) {
            end(reason, 0);
        }
    }

    private void end(Exception failure, long waitedNanos) {
        stopWaiting();
        exchange.setProperty(ExchangeKeys.QUEUE_MS, TimeUnit.NANOSECONDS.toMillis(waitedNanos));
        exchange.setException(failure);
        if (callback != null) {
            callback.done(false);
            return;
        }
        // One-way: nobody waits, so the copy's own completions are the ones to be told.
        List<Synchronization> completions = exchange.getExchangeExtension().handoverCompletions();
        UnitOfWorkHelper.doneSynchronizations(exchange, completions);
        AdmissionConsumer consumer = queue.consumer();
        if (consumer != null) {
            consumer.getExceptionHandler().handleException("Not admitted", exchange, failure);
        }
    }

    private void startTimers() {
        ScheduledExecutorService timer = threads.timerOf(call);
        scheduleDeadline(timer, queue.gate().expire(this));
        Call client = call;
        if (client != null && exchange.getProperty(ExchangeKeys.STREAM, false, Boolean.class)) {
            long every = queue.heartbeat().toNanos();
            heartbeat = timer.scheduleAtFixedRate(
                    () -> {
                        if (isWaiting()) {
                            client.heartbeat();
                        }
                    },
                    every,
                    every,
                    TimeUnit.NANOSECONDS);
        }
        // Granted or refused by another thread in the meantime: it may have missed the timers.
        if (!isWaiting()) {
            stopTimers();
        }
    }

    private void scheduleDeadline(ScheduledExecutorService timer, long nanos) {
        if (nanos > 0) {
            deadline = timer.schedule(
                    () -> scheduleDeadline(timer, queue.gate().expire(this)), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void stopWaiting() {
        stopTimers();
        if (call != null) {
            call.clearClientGone(leave);
        }
    }

    private void stopTimers() {
        cancel(deadline);
        cancel(heartbeat);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
