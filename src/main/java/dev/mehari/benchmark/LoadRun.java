package dev.mehari.benchmark;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of load: takes due requests from {@link Arrivals}, gives them to free connections, opens connections where they
 * are missing, gives up on late answers and ends when nothing is due or under way. Everything happens on one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers end with the run; connects tell their listener
final class LoadRun {
    private static final int MOST_CONNECTING = 256;
    private static final long CONNECT_PAUSE_MILLIS = 100;
    private static final long SHORTEST_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SWEEPS_PER_TIMEOUT = 20;

    private final LoadPlan plan;
    private final RequestTemplate request;
    private final @Nullable SslContext tls;
    private final Arrivals arrivals;
    private final Tally tally;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final LongSupplier nanos;
    private final Consumer<Progress> listener;
    private final long startNanos;
    private final CompletableFuture<LoadReport> report = new CompletableFuture<>();
    private final Set<LoadConnection> open = new LinkedHashSet<>();
    private final Deque<LoadConnection> idle = new ArrayDeque<>();
    private final List<Future<?>> timers = new ArrayList<>();
    private int connecting;
    private int inFlight;
    private long completedBefore;
    private boolean pausing;
    private boolean ticking;

    LoadRun(
            LoadPlan plan,
            RequestTemplate request,
            @Nullable SslContext tls,
            Bootstrap bootstrap,
            EventLoop loop,
            LongSupplier nanos,
            Consumer<Progress> listener) {
        this.plan = plan;
        this.request = request;
        this.tls = tls;
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.nanos = nanos;
        this.listener = listener;
        arrivals = plan.isOpenLoop() ? new Arrivals.OpenLoop(plan) : new Arrivals.ClosedLoop(plan);
        tally = new Tally(plan.stream());
        startNanos = nanos.getAsLong();
    }

    /** Begins; the result completes on the event loop. */
    CompletableFuture<LoadReport> start() {
        loop.execute(() -> {
            long sweep = Math.max(
                    SHORTEST_SWEEP_NANOS,
                    Math.min(LONGEST_SWEEP_NANOS, plan.timeout().toNanos() / SWEEPS_PER_TIMEOUT));
            timers.add(loop.scheduleAtFixedRate(this::sweep, sweep, sweep, TimeUnit.NANOSECONDS));
            timers.add(loop.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.SECONDS));
            timers.add(loop.schedule(this::finishIfDone, arrivals.notBefore(), TimeUnit.NANOSECONDS));
            tick();
        });
        return report;
    }

    LoadPlan plan() {
        return plan;
    }

    RequestTemplate request() {
        return request;
    }

    Tally tally() {
        return tally;
    }

    long now() {
        return nanos.getAsLong() - startNanos;
    }

    boolean needsEndEvent() {
        return SampleRequests.bodyFor(request.url().getPath(), true).isPresent();
    }

    /** Gives due requests to free connections and comes back when the next is due. */
    private void tick() {
        ticking = false;
        while (!idle.isEmpty() && arrivals.due(now()) > 0) {
            ready(idle.pop());
        }
        connectMore();
        long now = now();
        boolean nextConnectionTicks = arrivals.due(now) > 0 && idle.isEmpty();
        if (plan.isOpenLoop() && !ticking && !nextConnectionTicks && !arrivals.isExhausted(now)) {
            ticking = true;
            loop.schedule(this::tick, arrivals.untilNext(now), TimeUnit.NANOSECONDS);
        }
    }

    /** Uses a connection that has nothing to do. */
    void ready(LoadConnection connection) {
        long now = now();
        long due = arrivals.next(now);
        if (due == Arrivals.NONE) {
            idle.push(connection);
        } else {
            inFlight++;
            connection.send(due, now);
        }
        if (plan.isOpenLoop() && !ticking) {
            ticking = true;
            loop.execute(this::tick);
        }
    }

    /** Notes that a request is over, however it went. */
    void ended() {
        inFlight--;
        finishIfDone();
    }

    void closed(LoadConnection connection) {
        open.remove(connection);
        idle.remove(connection);
        connectMore();
    }

    private void connectMore() {
        long wanted = Math.min(MOST_CONNECTING, arrivals.due(now()));
        while (!pausing
                && !report.isDone()
                && idle.isEmpty()
                && connecting < wanted
                && open.size() + connecting < plan.concurrency()) {
            connect();
        }
    }

    private void connect() {
        connecting++;
        LoadConnection connection = new LoadConnection(this);
        bootstrap
                .clone()
                .handler(new LoadPipeline(request, tls, connection))
                .connect()
                .addListener(connected -> {
                    connecting--;
                    if (connected.isSuccess()) {
                        open.add(connection);
                        ready(connection);
                        connectMore();
                    } else {
                        connectFailed(connected.cause());
                    }
                });
    }

    /** A connection that cannot be made is a failure of the request that was to use it. */
    private void connectFailed(Throwable cause) {
        if (arrivals.next(now()) != Arrivals.NONE) {
            tally.failed(ConnectFailures.describe(cause));
        }
        finishIfDone();
        if (!pausing) {
            pausing = true;
            loop.schedule(
                    () -> {
                        pausing = false;
                        tick();
                    },
                    CONNECT_PAUSE_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        long now = now();
        long limit = now - plan.timeout().toNanos();
        if (limit > 0) {
            List.copyOf(open).forEach(connection -> connection.giveUpIfSentBefore(limit));
            while (plan.isOpenLoop() && arrivals.due(limit) > 0) {
                arrivals.next(limit);
                tally.timedOut(false);
            }
        }
        finishIfDone();
    }

    private void finishIfDone() {
        long now = now();
        if (inFlight > 0 || !arrivals.isExhausted(now) || now < arrivals.notBefore() || report.isDone()) {
            return;
        }
        timers.forEach(timer -> timer.cancel(false));
        report.complete(LoadReport.of(tally, Duration.ofNanos(now)));
        List.copyOf(open).forEach(LoadConnection::close);
    }

    private void tell() {
        long completed = tally.completed();
        listener.accept(new Progress(
                TimeUnit.NANOSECONDS.toSeconds(now()),
                completed,
                completed - completedBefore,
                tally.rejected(),
                tally.failed(),
                tally.timeouts(),
                inFlight));
        completedBefore = completed;
    }
}
