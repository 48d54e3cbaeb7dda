package dev.mehari.caller;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A call from 127.0.0.1 whose event loop runs what the test lets it run. */
final class DelayingCall implements Call {
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Timer> timers = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private Runnable onGone = () -> {};

    /** Delays that were asked for so far, in milliseconds. */
    List<Long> delays() {
        return delays;
    }

    void runAll() {
        List<Runnable> now = List.copyOf(tasks);
        tasks.clear();
        now.forEach(Runnable::run);
    }

    /** As if all delays were over. */
    void runDelayed() {
        timers.forEach(Timer::run);
    }

    /** As if the client left. */
    void leave() {
        onGone.run();
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public ScheduledExecutorService executor() {
        return new Loop();
    }

    @Override
    public void onEnd(Runnable action) {}

    @Override
    public void onClientGone(Runnable action) {
        onGone = action;
    }

    @Override
    public void clearClientGone(Runnable action) {}

    @Override
    public boolean isClientGone() {
        return false;
    }

    @Override
    public void heartbeat() {}

    @Override
    public void onStreamFailure(Function<Throwable, byte[]> event) {}

    @Override
    public void breakOff(Throwable failure) {}

    @Override
    public CallRecord record() {
        return new CallRecord(1, 0, 0, 0, 0, 0, CallRecord.End.OPEN);
    }

    private static final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        Timer(Runnable task) {
            super(task, null);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    private final class Loop extends AbstractExecutorService implements ScheduledExecutorService {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            Timer timer = new Timer(task);
            delays.add(unit.toMillis(delay));
            timers.add(timer);
            return timer;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("a refusal is delayed by one timer");
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
            throw new UnsupportedOperationException("a refusal is delayed by one timer");
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("a refusal is delayed by one timer");
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
