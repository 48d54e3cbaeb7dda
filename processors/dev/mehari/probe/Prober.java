package dev.mehari.probe;

import dev.mehari.config.ProbeConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks upstreams whether they work: each one with a {@link Probe} at its interval, and each one that is marked as failed at
 * least every 30 s, or it would never be used again. At most so many questions are under way as configured, the longest due
 * ones first, never two to the same upstream, and none is asked again before its last question has ended.
 *
 * <p>So many wrong answers in a row as configured mark an upstream as failed, in the store and thereby for all instances; one
 * right answer takes the mark away. While the store is away nothing is marked, and it is tried again with the next answer.
 * For any thread; nothing here blocks but what runs where the constructor says.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    static final Duration TICK = Duration.ofMillis(200);
    static final Duration FAILED_EVERY = Duration.ofSeconds(30);

    /** Something to be done later. */
    @FunctionalInterface
    public interface Timer {
        void after(Duration wait, Runnable work);
    }

    /** One upstream that is asked. Guarded by the prober. */
    private static final class Asked {
        Upstream upstream;
        long dueNanos;
        boolean isUnderWay;
        int wrong;

        Asked(Upstream upstream, long dueNanos) {
            this.upstream = upstream;
            this.dueNanos = dueNanos;
        }
    }

    private final Supplier<? extends Collection<Upstream>> upstreams;
    private final UpstreamStore store;
    private final UpstreamStates states;
    private final ProbeClient client;
    private final ProbeHeaders headers;
    private final ProbeObserver observer;
    private final ProbeConfig config;
    private final Supplier<String> words;
    private final Executor blocking;
    private final Timer timer;
    private final LongSupplier nanos;
    private final Probing probing = new Probing();
    private final Map<String, Asked> asked = new HashMap<>();
    private int underWay;
    private boolean isClosed;

    /**
     * Asks once {@link #start started}.
     *
     * @param upstreams all that are enabled, now
     * @param words a new word each time, of letters
     * @param blocking where the store is used
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public Prober(
            Supplier<? extends Collection<Upstream>> upstreams,
            UpstreamStore store,
            UpstreamStates states,
            ProbeClient client,
            ProbeHeaders headers,
            ProbeObserver observer,
            ProbeConfig config,
            Supplier<String> words,
            Executor blocking,
            Timer timer,
            LongSupplier nanos) {
        this.upstreams = upstreams;
        this.store = store;
        this.states = states;
        this.client = client;
        this.headers = headers;
        this.observer = observer;
        this.config = config;
        this.words = words;
        this.blocking = blocking;
        this.timer = timer;
        this.nanos = nanos;
    }

    /** Begins to ask. */
    public void start() {
        tick();
    }

    @SuppressWarnings("IllegalCatch") // whatever fails, the next tick comes
    private void tick() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
        }
        try {
            askDue();
        } catch (RuntimeException broken) {
            LOG.error("Asking upstreams failed", broken);
        }
        try {
            timer.after(TICK, this::tick);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("No upstream is asked any more", stopping);
        }
    }

    private void askDue() {
        List<Asked> next = new ArrayList<>();
        synchronized (this) {
            if (isClosed) {
                return;
            }
            long now = nanos.getAsLong();
            follow(now);
            asked.values().stream()
                    .filter(one -> !one.isUnderWay && one.dueNanos - now <= 0)
                    .sorted(Comparator.comparingLong(one -> one.dueNanos - now))
                    .limit(Math.max(0, config.atOnce() - underWay))
                    .forEach(next::add);
            for (Asked one : next) {
                one.isUnderWay = true;
                one.dueNanos = now + interval(one.upstream).toNanos();
                underWay++;
            }
        }
        next.forEach(this::ask);
    }

    /** Begins with those that are new, and forgets those that are gone or need no asking; those under way end first. */
    private void follow(long now) {
        Map<String, Upstream> wanted = upstreams.get().stream()
                .filter(one -> !interval(one).isZero())
                .collect(Collectors.toMap(Upstream::name, one -> one, (one, other) -> one));
        asked.values().removeIf(one -> !one.isUnderWay && !wanted.containsKey(one.upstream.name()));
        wanted.forEach((name, upstream) -> {
            Asked one = asked.computeIfAbsent(name, unused -> new Asked(upstream, now));
            one.upstream = upstream;
            long latest = now + interval(upstream).toNanos();
            one.dueNanos = one.dueNanos - latest > 0 ? latest : one.dueNanos;
        });
    }

    /** Zero for one that is not asked. */
    private Duration interval(Upstream upstream) {
        Probe probe = upstream.options().probe();
        Duration interval = probe == null ? Duration.ZERO : probe.interval();
        if (states.isFailed(upstream.name()) && (interval.isZero() || interval.compareTo(FAILED_EVERY) > 0)) {
            return FAILED_EVERY;
        }
        return interval;
    }

    @SuppressWarnings("IllegalCatch") // what cannot be asked does not work
    private void ask(Asked one) {
        Upstream upstream = one.upstream;
        ProbeCredential with = headers.of(upstream);
        if (with instanceof ProbeCredential.NoneNow) {
            // The place that it leaves is taken with the next tick: a call of askDue from here might go any way down.
            settle(one, Verdict.unclear("has no credential that may be used now"));
            return;
        }
        UpstreamCredential stored = with instanceof ProbeCredential.Pooled pooled ? pooled.header() : null;
        String word = words.get();
        try {
            client.ask(probing.question(upstream, stored, word), config.timeout())
                    .whenComplete((answer, failure) -> answered(
                            one,
                            answer == null
                                    ? Verdict.fails("gave no answer")
                                    : probing.judge(upstream, answer, word, stored != null)));
        } catch (RuntimeException broken) {
            LOG.debug("Upstream {} cannot be asked", upstream.name(), broken);
            settle(one, Verdict.fails("cannot be asked"));
        }
    }

    private void answered(Asked one, Verdict verdict) {
        settle(one, verdict);
        // Somebody may have waited for this one's place.
        askDue();
    }

    private void settle(Asked one, Verdict verdict) {
        String name = one.upstream.name();
        boolean marks;
        synchronized (this) {
            one.isUnderWay = false;
            underWay--;
            if (verdict.outcome() == ProbeObserver.Outcome.WORKS) {
                one.wrong = 0;
            } else if (verdict.outcome() == ProbeObserver.Outcome.FAILS) {
                one.wrong++;
            }
            marks = one.wrong >= config.failures();
        }
        observer.probed(name, verdict.outcome());
        if (verdict.outcome() == ProbeObserver.Outcome.WORKS && states.isFailed(name)) {
            change(name, () -> store.markRecovered(name));
        } else if (verdict.outcome() == ProbeObserver.Outcome.FAILS && marks && !states.isFailed(name)) {
            change(name, () -> store.markFailed(name, verdict.reason()));
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws StorageUnavailable;
    }

    private void change(String upstream, Change change) {
        try {
            blocking.execute(() -> {
                try {
                    change.make();
                    states.reload();
                } catch (StorageUnavailable away) {
                    LOG.debug("The state of upstream {} cannot be stored; trying again", upstream, away);
                }
            });
        } catch (RejectedExecutionException full) {
            LOG.debug("No thread is free to store the state of upstream {}; trying again", upstream, full);
        }
    }

    /** Asks nothing more. */
    @Override
    public synchronized void close() {
        isClosed = true;
    }

    synchronized int underWay() {
        return underWay;
    }

    /** Wrong answers in a row; null when it is not asked. */
    synchronized @Nullable Integer wrong(String upstream) {
        Asked one = asked.get(upstream);
        return one == null ? null : one.wrong;
    }
}
