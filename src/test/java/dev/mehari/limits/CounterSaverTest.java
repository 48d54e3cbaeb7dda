package dev.mehari.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CounterSaverTest {
    private static final KeyLimits DAILY = new KeyLimits(0, null, 0, null, 1_000, 0, 0, null);

    /** Keeps in memory, and is away when the test says so. */
    private static final class Store implements CounterStore {
        final Map<Long, KeyCounters> kept = new ConcurrentHashMap<>();
        final AtomicInteger saves = new AtomicInteger();
        volatile boolean away;

        @Override
        public List<KeyCounters> load() {
            return List.copyOf(kept.values());
        }

        @Override
        public void save(Collection<KeyCounters> counters) throws StorageUnavailable {
            if (away) {
                throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
            }
            saves.incrementAndGet();
            counters.forEach(one -> kept.put(one.keyId(), one));
        }

        long spent(long key) {
            KeyCounters counters = kept.get(key);
            return counters == null ? 0 : counters.total();
        }
    }

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final Store store = new Store();
    private final MemoryLedger ledger = new MemoryLedger(clock);
    private final CounterSaver saver = new CounterSaver(ledger, store, Runnable::run);

    private Lease spend(MemoryLedger from, long key, long money) {
        return ((LimitDecision.Granted)
                        from.decide(new LimitRequest(new LimitedKey(key, DAILY), new Charge(0, money), () -> {})))
                .lease();
    }

    @Test
    void saves_what_has_changed_and_nothing_else() {
        spend(ledger, 1, 30);
        spend(ledger, 2, 40);
        saver.save();
        assertThat(store.spent(1)).isEqualTo(30);

        saver.save();
        assertThat(store.saves).hasValue(1);
        store.kept.clear();
        spend(ledger, 2, 5);
        saver.save();

        assertThat(store.kept).containsOnlyKeys(2L);
        assertThat(store.spent(2)).isEqualTo(45);
    }

    @Test
    void what_cannot_be_saved_now_is_saved_later() {
        store.away = true;
        spend(ledger, 1, 30);
        saver.save();
        spend(ledger, 2, 40);
        saver.save();
        assertThat(store.kept).isEmpty();

        store.away = false;
        saver.save();

        assertThat(store.spent(1)).isEqualTo(30);
        assertThat(store.spent(2)).isEqualTo(40);
    }

    @Test
    void the_next_start_goes_on_from_the_last_state_in_which_nothing_is_reserved() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        saver.start(timer);
        spend(ledger, 1, 900).settle(new Charge(0, 950));
        spend(ledger, 1, 50);
        saver.close();
        assertThat(store.spent(1)).isEqualTo(950);

        MemoryLedger next = new MemoryLedger(clock);
        new CounterSaver(next, store, Runnable::run).start(timer);
        timer.shutdownNow();

        LimitRequest more = new LimitRequest(new LimitedKey(1, DAILY), new Charge(0, 51), () -> {});
        assertThat(next.decide(more))
                .isEqualTo(new LimitDecision.Refused(
                        LimitKind.COST_DAILY, 950, 1_000, Instant.parse("2026-11-22T00:00:00Z")));
    }

    @Test
    void saves_by_itself() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        saver.start(timer);
        spend(ledger, 1, 30);

        await().atMost(Duration.ofSeconds(5)).until(() -> store.spent(1) == 30);
        timer.shutdownNow();
    }
}
