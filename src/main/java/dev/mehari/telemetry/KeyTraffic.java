package dev.mehari.telemetry;

import dev.mehari.answer.EndedCall;
import dev.mehari.caller.Caller;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls by key, on this instance since its start; for any thread, without a lock. Of at most {@value #MOST} keys:
 * beyond that, those that have been idle for a minute are forgotten, and where all are busy newcomers are not counted.
 */
public final class KeyTraffic implements CallObserver {
    private static final int MOST = 10_000;
    /** Full seconds that rates are taken over, as in {@link CallMetrics}. */
    private static final int RATE_SECONDS = 4;

    private static final int IDLE_SECONDS = 60;

    private static final Comparator<KeyCalls> BUSIEST_FIRST = Comparator.comparingLong(KeyCalls::open)
            .thenComparingDouble(KeyCalls::perSecond)
            .thenComparingLong(KeyCalls::calls)
            .reversed()
            .thenComparing(KeyCalls::id);

    private final LongSupplier nanos;
    private final int most;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();
    private final AtomicLong lastForgot;
    private final long firstFullSecond;

    /** Counts from now on, by {@code nanos}, which is read as {@link System#nanoTime()}. */
    public KeyTraffic(LongSupplier nanos) {
        this(nanos, MOST);
    }

    KeyTraffic(LongSupplier nanos, int most) {
        this.nanos = nanos;
        this.most = most;
        long second = secondNow();
        firstFullSecond = second + 1;
        lastForgot = new AtomicLong(second - 1);
    }

    /**
     * How a key fares.
     *
     * @param name as it was at the key's last call
     * @param open calls that have begun and not ended, waiting ones included
     * @param calls that have ended
     * @param refused of these, because Mehari said no
     * @param failed of these, for another reason
     * @param perSecond calls ended per second, over the last full seconds
     */
    public record KeyCalls(
            String id, String name, long open, long calls, long refused, long failed, double perSecond) {}

    /** A call of {@code caller} goes on from here; {@link #ended} has to follow with its key. */
    public void identified(Caller caller) {
        Count count = counts.get(caller.keyId());
        if (count == null) {
            count = added(caller);
        }
        if (count != null) {
            count.begun.increment();
            if (!count.name.equals(caller.name())) {
                count.name = caller.name();
            }
        }
    }

    @Override
    public void begun() {
        // Whose call it is shows later.
    }

    @Override
    public void ended(EndedCall call) {
        Count count = call.keyId() == null ? null : counts.get(call.keyId());
        if (count != null) {
            count.ended(call.outcome(), secondNow());
        }
    }

    /** How many keys are counted. */
    public int size() {
        return counts.size();
    }

    /**
     * The keys with the most calls under way, then per second, then since the start; the busiest first. Looks at all keys, but
     * sorts and makes objects of hardly more than it gives.
     *
     * @param howMany at most
     */
    public List<KeyCalls> busiest(int howMany) {
        long now = secondNow();
        int seconds = (int) Math.min(RATE_SECONDS, now - firstFullSecond);
        PriorityQueue<KeyCalls> kept = new PriorityQueue<>(BUSIEST_FIRST.reversed());
        counts.forEach((id, count) -> {
            KeyCalls least = kept.size() < howMany ? null : kept.peek();
            if (least == null || count.isBefore(least, id, now, seconds)) {
                kept.add(count.show(id, now, seconds));
                if (kept.size() > howMany) {
                    kept.remove();
                }
            }
        });
        return kept.stream().sorted(BUSIEST_FIRST).toList();
    }

    private @Nullable Count added(Caller caller) {
        if (counts.size() >= most) {
            forgetIdle();
            if (counts.size() >= most) {
                return null;
            }
        }
        return counts.computeIfAbsent(caller.keyId(), id -> new Count(caller.name()));
    }

    /** Once a second at most, since it looks at all of them. */
    private void forgetIdle() {
        long now = secondNow();
        long last = lastForgot.get();
        if (now != last && lastForgot.compareAndSet(last, now)) {
            counts.values().removeIf(count -> count.isIdle(now));
        }
    }

    private long secondNow() {
        return SecondsRing.secondOf(nanos.getAsLong());
    }

    /** The calls of one key. */
    private static final class Count {
        final LongAdder begun = new LongAdder();
        final LongAdder ended = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder failed = new LongAdder();
        final SecondsRing endedBySecond = new SecondsRing();
        volatile String name;

        Count(String name) {
            this.name = name;
        }

        void ended(EndedCall.Outcome outcome, long second) {
            if (outcome == EndedCall.Outcome.REFUSED) {
                refused.increment();
            } else if (outcome == EndedCall.Outcome.FAILURE) {
                failed.increment();
            }
            endedBySecond.add(second);
            ended.increment();
        }

        boolean isIdle(long now) {
            return begun.sum() <= ended.sum()
                    && endedBySecond.before(now, IDLE_SECONDS) == 0
                    && endedBySecond.in(now) == 0;
        }

        KeyCalls show(String id, long now, int seconds) {
            long over = ended.sum();
            return new KeyCalls(id, name, open(over), over, refused.sum(), failed.sum(), perSecond(now, seconds));
        }

        /** True when this comes before {@code other} in the order of {@link #BUSIEST_FIRST}. */
        boolean isBefore(KeyCalls other, String id, long now, int seconds) {
            long over = ended.sum();
            int order = Long.compare(open(over), other.open());
            if (order == 0) {
                order = Double.compare(perSecond(now, seconds), other.perSecond());
            }
            if (order == 0) {
                order = Long.compare(over, other.calls());
            }
            return order == 0 ? id.compareTo(other.id()) < 0 : order > 0;
        }

        private long open(long over) {
            return Math.max(0, begun.sum() - over);
        }

        private double perSecond(long now, int seconds) {
            return seconds <= 0 ? 0 : endedBySecond.before(now, seconds) / (double) seconds;
        }
    }
}
