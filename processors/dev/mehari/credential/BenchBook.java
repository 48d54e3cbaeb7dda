package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The benches of one credential: for all models under the empty name, and for single ones. A bench that is over stays until
 * a trial call succeeds; meanwhile one call at a time may try. Guarded by the lock of the credential's group.
 */
final class BenchBook {
    /** Model names come from callers, so that there might be any number. */
    private static final int MOST = 1_000;

    private static final long LONGEST_MILLIS = 24 * 3_600_000L;

    /** One bench, and the call that tries whether it can end. */
    static final class Entry {
        private final Bench bench;
        private @Nullable Place trial;

        private Entry(Bench bench) {
            this.bench = bench;
        }

        Bench bench() {
            return bench;
        }
    }

    private final Map<String, Entry> entries = new HashMap<>(4);
    /** When the benches began that have been ended here; what the store still says of them is old. */
    private final Map<String, Instant> ended = new HashMap<>(4);

    /** As {@link Readiness}, for calls of {@code model}. */
    long readiness(long nowMillis, String model) {
        if (entries.isEmpty()) {
            return Readiness.READY;
        }
        long all = readiness(nowMillis, entries.get(""));
        long one = model.isEmpty() ? Readiness.READY : readiness(nowMillis, entries.get(model));
        return all == Readiness.BUSY || one == Readiness.BUSY ? busyOrLater(all, one) : Math.max(all, one);
    }

    private static long busyOrLater(long all, long one) {
        long later = Math.max(all, one);
        return later > 0 ? later : Readiness.BUSY;
    }

    private static long readiness(long nowMillis, @Nullable Entry entry) {
        if (entry == null) {
            return Readiness.READY;
        }
        long until = entry.bench.until().toEpochMilli();
        if (until > nowMillis) {
            return until;
        }
        return entry.trial == null ? Readiness.READY : Readiness.BUSY;
    }

    /** {@code place} is taken for {@code model}; if benches are over, it is the one that tries. */
    void take(Place place, String model) {
        if (entries.isEmpty()) {
            return;
        }
        List<Entry> trials = new ArrayList<>(2);
        for (String name : model.isEmpty() ? List.of("") : List.of("", model)) {
            Entry entry = entries.get(name);
            if (entry != null) {
                entry.trial = place;
                trials.add(entry);
            }
        }
        place.tries(trials);
    }

    /** {@code place} is given back; what it did not decide, another call may try. */
    void giveBack(Place place) {
        for (Entry entry : place.trials()) {
            if (entry.trial == place) {
                entry.trial = null;
            }
        }
    }

    /** Ends the benches that {@code place} tried; those that it ended. */
    List<Bench> succeed(Place place) {
        List<Bench> over = new ArrayList<>(2);
        for (Entry entry : place.trials()) {
            if (entry.trial == place && entries.remove(entry.bench.model(), entry)) {
                entry.trial = null;
                remember(entry.bench);
                over.add(entry.bench);
            }
        }
        return over;
    }

    /**
     * Puts a bench down, unless one for the same model lasts longer.
     *
     * @param place the call that it is for; one that tried gets twice the last time, where the answer did not say how long
     * @param told true when the answer said until when
     */
    @Nullable
    Bench bench(Bench bench, @Nullable Place place, boolean told) {
        Bench wanted = bench;
        if (place != null && !told) {
            for (Entry tried : place.trials()) {
                if (tried.trial == place && tried.bench.model().equals(bench.model())) {
                    wanted = doubled(bench, tried.bench);
                }
            }
        }
        Entry present = entries.get(wanted.model());
        if (present != null && !present.bench.until().isBefore(wanted.until())) {
            return null;
        }
        if (entries.size() >= MOST && present == null) {
            forgetOne();
        }
        entries.put(wanted.model(), new Entry(wanted));
        ended.remove(wanted.model());
        return wanted;
    }

    private static Bench doubled(Bench bench, Bench last) {
        long before = last.until().toEpochMilli() - last.since().toEpochMilli();
        long now = bench.until().toEpochMilli() - bench.since().toEpochMilli();
        long millis = Math.max(now, Math.min(LONGEST_MILLIS, 2 * before));
        return new Bench(
                bench.credential(),
                bench.model(),
                bench.reason(),
                bench.status(),
                bench.since(),
                bench.since().plusMillis(millis));
    }

    private void forgetOne() {
        entries.values().stream()
                .filter(entry -> !entry.bench.model().isEmpty())
                .min(Comparator.comparing((Entry entry) -> entry.bench.until()))
                .ifPresent(entry -> entries.remove(entry.bench.model(), entry));
    }

    private void remember(Bench over) {
        if (ended.size() >= MOST) {
            ended.clear();
        }
        ended.put(over.model(), over.since());
    }

    /** Ends all for which the credential itself was refused, since it is another one now. */
    List<Bench> secretChanged() {
        List<Bench> over = entries.values().stream()
                .map(Entry::bench)
                .filter(bench -> bench.status() == 401 || bench.status() == 403)
                .toList();
        over.forEach(bench -> {
            entries.remove(bench.model());
            remember(bench);
        });
        return over;
    }

    /**
     * Takes over what the store has.
     *
     * @param mine models whose benches were not in the store when it was read, or are not now
     * @param readAt when the store was read; what was benched since can be missing there
     */
    void reload(Collection<Bench> stored, Set<String> mine, Instant readAt) {
        Set<String> there = stored.stream().map(Bench::model).collect(Collectors.toSet());
        entries.values()
                .removeIf(entry -> !there.contains(entry.bench().model())
                        && !mine.contains(entry.bench().model())
                        && !entry.bench().since().isAfter(readAt));
        for (Bench bench : stored) {
            Instant over = ended.get(bench.model());
            Entry present = entries.get(bench.model());
            if (present != null
                    && bench.since().isAfter(present.bench.since())
                    && !mine.contains(bench.model())
                    && !present.bench.since().isAfter(readAt)) {
                entries.remove(bench.model()); // it was ended elsewhere, and this one made since
            }
            if (over == null || bench.since().isAfter(over)) {
                bench(bench, null, true);
            }
        }
        ended.keySet().retainAll(there);
    }

    boolean hasTrial() {
        return entries.values().stream().anyMatch(entry -> entry.trial != null);
    }

    List<Bench> all() {
        return entries.values().stream().map(Entry::bench).toList();
    }
}
