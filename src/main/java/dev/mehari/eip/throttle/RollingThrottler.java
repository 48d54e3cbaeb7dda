package dev.mehari.eip.throttle;

import dev.mehari.exchange.Call;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.RuntimeExchangeException;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.processor.TotalRequestsThrottler;
import org.jspecify.annotations.Nullable;

/**
 * The {@code throttle} step in mode {@code TotalRequests}, without blocking. Inherits options, life cycle and MBean of
 * Camel's throttler; the decision is {@link RollingWindow}'s.
 *
 * <p>The limit is evaluated for each exchange, and again for the exchange that has waited longest, so a changed limit holds
 * at once, up and down. {@link Integer#MAX_VALUE} means no limit: nothing is kept, and what was let in without a limit is not
 * counted when one comes. A limit that evaluates to nothing leaves the last one in force.
 *
 * <p>An exchange beyond the limit fails with {@link ThrottlerRejectedExecutionException} when {@code rejectExecution} is
 * set. Otherwise it waits in its key's queue, whether {@code asyncDelayed} or not, and goes on on the event loop of its HTTP
 * call, else on the step's thread pool. A transacted exchange cannot change threads and fails instead.
 */
final class RollingThrottler extends TotalRequestsThrottler {
    private static final long SWEEP_EVERY_PERIODS = 10;
    private static final String NO_KEY = "";

    private final LongSupplier nanos;
    private final ScheduledExecutorService pool;
    private final ScheduledExecutorService timer;
    private final @Nullable Expression correlation;
    private final LimitReader limits = new LimitReader();
    private final Map<String, KeyThrottle> keys;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile KeyThrottle single;
    private @Nullable ScheduledFuture<?> sweep;

    RollingThrottler(
            CamelContext context,
            Expression limit,
            long periodMillis,
            ScheduledExecutorService pool,
            boolean ownPool,
            boolean reject,
            @Nullable Expression correlation,
            ScheduledExecutorService timer,
            LongSupplier nanos,
            @Nullable ThrottleWindows shared) {
        super(context, limit, periodMillis, pool, ownPool, reject, correlation);
        this.nanos = nanos;
        this.pool = pool;
        this.timer = timer;
        this.correlation = correlation;
        this.keys = shared == null ? new ConcurrentHashMap<>() : shared.keys();
        this.single = shared == null ? newKey() : shared.single();
    }

    @Override
    public void setTimePeriodMillis(long millis) {
        if (millis <= 0) {
            throw new IllegalArgumentException("TimePeriodMillis should be a positive number, was: " + millis);
        }
        super.setTimePeriodMillis(millis);
        keys.clear();
        single = newKey();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            if (!isRunAllowed()) {
                throw new RejectedExecutionException("Run is not allowed");
            }
            int limit = limits.read(getMaximumRequestsExpression(), exchange);
            boolean unlimited = limit == Integer.MAX_VALUE && waiting.get() == 0;
            if (!unlimited && !enter(exchange, callback, limit)) {
                return false;
            }
        } catch (Exception e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    /** True when the exchange is in; false when it waits. */
    private boolean enter(Exchange exchange, AsyncCallback callback, int limit) {
        boolean reject = isRejectExecution() || exchange.isTransacted();
        Waiter waiter = reject ? null : new Waiter(exchange, callback);
        String keyName = correlation == null ? NO_KEY : correlation.evaluate(exchange, String.class);
        while (true) {
            KeyThrottle key = correlation == null ? single : keys.computeIfAbsent(keyName, name -> newKey());
            int effective = effective(key, limit, exchange);
            long now = nanos.getAsLong();
            long wait = waiter == null ? key.tryEnter(now, effective) : key.enterOrWait(now, effective, waiter);
            if (wait == 0) {
                return true;
            }
            if (wait > 0) {
                if (waiter == null) {
                    throw refusal(exchange, effective);
                }
                waiting.incrementAndGet();
                wakeFor(key, waiter, wait);
                return false;
            }
            keys.remove(keyName, key);
        }
    }

    private int effective(KeyThrottle key, int limit, Exchange exchange) {
        int effective = limit == LimitReader.NONE ? key.limit() : limit;
        if (limit == LimitReader.NONE && effective == 0) {
            throw new RuntimeExchangeException(
                    "The maxRequestsPerPeriodExpression was evaluated as null: " + getMaximumRequestsExpression(),
                    exchange);
        }
        return effective;
    }

    private RuntimeException refusal(Exchange exchange, int limit) {
        if (!isRejectExecution() && exchange.isTransacted()) {
            return new IllegalStateException("Throttle " + getId()
                    + " cannot delay a transacted exchange without holding its thread; set rejectExecution");
        }
        return new ThrottlerRejectedExecutionException(
                "Exceeded the max throttle rate of " + limit + " within " + getTimePeriodMillis() + "ms");
    }

    private void wakeFor(KeyThrottle key, Waiter waiter, long wait) {
        try {
            wakeIn(key, wait);
        } catch (RejectedExecutionException e) {
            if (key.remove(waiter)) {
                waiting.decrementAndGet();
                waiter.exchange().setException(e);
                waiter.goOn();
            }
        }
    }

    private void wakeIn(KeyThrottle key, long wait) {
        long delay = Math.min(wait, TimeUnit.MILLISECONDS.toNanos(getTimePeriodMillis()));
        if (!key.wakeAt(nanos.getAsLong() + delay)) {
            return;
        }
        try {
            var unused = pool.schedule(() -> release(key), delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (!isCallerRunsWhenRejected()) {
                key.awake();
                throw e;
            }
            var unused = timer.schedule(() -> release(key), delay, TimeUnit.NANOSECONDS);
        }
    }

    /** Lets in those who have waited and now may go. */
    void release(KeyThrottle key) {
        key.awake();
        for (Waiter first = key.first(); first != null; first = key.first()) {
            long wait = 0;
            Exception failure = null;
            try {
                int limit = limits.read(getMaximumRequestsExpression(), first.exchange());
                wait = key.release(first, nanos.getAsLong(), effective(key, limit, first.exchange()));
            } catch (Exception e) {
                failure = e;
            }
            if (wait > 0) {
                wakeFor(key, first, wait);
                return;
            }
            boolean ours = failure == null || key.remove(first);
            if (ours) {
                goOn(first, failure);
            }
        }
    }

    private void goOn(Waiter waiter, @Nullable Exception failure) {
        waiting.decrementAndGet();
        if (failure != null) {
            waiter.exchange().setException(failure);
        }
        Call call = Call.of(waiter.exchange());
        Executor executor = call == null ? pool : call.executor();
        try {
            executor.execute(waiter::goOn);
        } catch (RejectedExecutionException e) {
            waiter.goOn();
        }
    }

    @Override
    public int getCurrentMaximumRequests() {
        return correlation == null
                ? single.limit()
                : keys.values().stream().mapToInt(KeyThrottle::limit).max().orElse(0);
    }

    /** Forgets the keys that are no different from new ones. */
    void evictIdleKeys() {
        long now = nanos.getAsLong();
        keys.values().removeIf(key -> key.retireIfIdle(now));
    }

    int keyCount() {
        return keys.size();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (correlation != null) {
            long every = getTimePeriodMillis() * SWEEP_EVERY_PERIODS;
            sweep = timer.scheduleWithFixedDelay(this::evictIdleKeys, every, every, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (sweep != null) {
            sweep.cancel(false);
        }
        failWaiters(single);
        keys.values().forEach(this::failWaiters);
        super.doStop();
    }

    private void failWaiters(KeyThrottle key) {
        for (Waiter waiter : key.removeAll()) {
            goOn(waiter, new RejectedExecutionException("Throttle " + getId() + " is stopping"));
        }
    }

    private KeyThrottle newKey() {
        return new KeyThrottle(TimeUnit.MILLISECONDS.toNanos(getTimePeriodMillis()));
    }
}
