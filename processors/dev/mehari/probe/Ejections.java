package dev.mehari.probe;

import dev.mehari.upstream.Upstream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves alone for a while what fails again and again: five failures in a row within 30 s take an upstream out for 30 s, for
 * twice that the next time, up to five minutes; a success in between forgets all of it. Never the last upstream that could
 * serve its calls, and at most half of those that could. This instance's own, in memory. For any thread.
 */
final class Ejections {
    private static final Logger LOG = LoggerFactory.getLogger(Ejections.class);
    static final int FAILURES = 5;
    static final Duration WITHIN = Duration.ofSeconds(30);
    static final Duration FIRST = Duration.ofSeconds(30);
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** What is known of one upstream. Guarded by itself. */
    private static final class Streak {
        int failures;
        long firstNanos;
        int times;
        volatile boolean isOut;
        volatile long untilNanos;
    }

    private final Supplier<? extends Collection<Upstream>> upstreams;
    private final Predicate<Upstream> isWell;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, Streak> streaks = new ConcurrentHashMap<>();

    Ejections(Supplier<? extends Collection<Upstream>> upstreams, Predicate<Upstream> isWell, LongSupplier nanos) {
        this.upstreams = upstreams;
        this.isWell = isWell;
        this.nanos = nanos;
    }

    boolean isOut(String upstream) {
        Streak streak = streaks.get(upstream);
        return streak != null && streak.isOut && streak.untilNanos - nanos.getAsLong() > 0;
    }

    void succeeded(String upstream) {
        if (streaks.get(upstream) != null) {
            streaks.remove(upstream);
        }
    }

    void failed(String upstream, String reason) {
        Streak streak = streaks.computeIfAbsent(upstream, unused -> new Streak());
        boolean isOften;
        synchronized (streak) {
            long now = nanos.getAsLong();
            if (streak.failures == 0 || now - streak.firstNanos > WITHIN.toNanos()) {
                streak.failures = 0;
                streak.firstNanos = now;
            }
            isOften = ++streak.failures >= FAILURES;
        }
        if (isOften && !isOut(upstream)) {
            eject(upstream, streak, reason);
        }
    }

    // One at a time, so that two upstreams that fail at once are not both taken for the other's stand-in.
    private synchronized void eject(String upstream, Streak streak, String reason) {
        if (isOut(upstream) || !canDoWithout(upstream)) {
            return;
        }
        Duration time;
        synchronized (streak) {
            time = FIRST.multipliedBy(1L << Math.min(4, streak.times));
            time = time.compareTo(LONGEST) > 0 ? LONGEST : time;
            streak.times++;
            streak.failures = 0;
            streak.untilNanos = nanos.getAsLong() + time.toNanos();
            streak.isOut = true;
        }
        LOG.warn(
                "Upstream {} is left alone for {} s: {} failures in a row, the last one {}",
                upstream,
                time.toSeconds(),
                FAILURES,
                reason);
    }

    private boolean canDoWithout(String name) {
        Collection<Upstream> all = upstreams.get();
        return all.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .map(one -> {
                    List<Upstream> others = all.stream()
                            .filter(other -> !other.name().equals(name) && canStandIn(other, one))
                            .toList();
                    long out =
                            others.stream().filter(other -> isOut(other.name())).count();
                    boolean isSomeoneLeft =
                            others.stream().anyMatch(other -> isWell.test(other) && !isOut(other.name()));
                    return isSomeoneLeft && (out + 1) * 2 <= others.size() + 1;
                })
                .orElse(false);
    }

    /** True when {@code other} serves every call that {@code one} does. */
    private static boolean canStandIn(Upstream other, Upstream one) {
        if (other.dialect() != one.dialect()) {
            return false;
        }
        var models = other.options().models();
        boolean servesListed = models.allowsAll()
                || (!one.options().models().allowsAll()
                        && models.patterns().containsAll(one.options().models().patterns()));
        return servesListed && one.options().aliases().keySet().stream().allMatch(other.options()::serves);
    }
}
