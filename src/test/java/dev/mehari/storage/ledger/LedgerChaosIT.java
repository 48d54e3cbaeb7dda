package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.limits.Charge;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Three ledgers under random calls, with connections cut and owners that die; then the log is replayed. */
class LedgerChaosIT {
    private static final long SEED = 20_261_121;
    private static final Duration LENGTH = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int MOST_OPEN = 200;

    private final ConcurrentLinkedDeque<Lease> held = new ConcurrentLinkedDeque<>();
    private final Semaphore room = new Semaphore(MOST_OPEN);
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unavailable = new AtomicLong();

    @Test // row 14
    void whatever_happens_the_log_shows_no_grant_beyond_a_limit_and_no_lease_is_left() throws Exception {
        try (TestDatabase database = TestDatabase.create()) {
            LedgerDesk desk = new LedgerDesk(database);
            Random random = new Random(SEED);
            List<LimitedKey> keys = keys(desk);
            List<PostgresLedger> ledgers = new ArrayList<>();
            for (int instance = 0; instance < 3; instance++) {
                ledgers.add(desk.ledger(LEASE, LENGTH));
            }
            long end = System.nanoTime() + LENGTH.toNanos();
            long nextFault = System.nanoTime();
            while (System.nanoTime() < end) {
                act(random, keys, ledgers);
                if (System.nanoTime() > nextFault) {
                    nextFault = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(700));
                    fault(random, keys, desk);
                }
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> answered.get() == asked.get());

            assertThat(desk.number("select sum(calls) from lease where expires_at > clock_timestamp()"))
                    .as("a lease is a call under way")
                    .isGreaterThanOrEqualTo(held.size());
            assertThat(ledgers.stream()
                            .mapToInt(ledger -> ledger.stats().leasesHeld())
                            .sum())
                    .isEqualTo(held.size());
            assertThat(desk.miscounted()).isZero();
            for (Lease lease = held.poll(); lease != null; lease = held.poll()) {
                lease.settle(Charge.NONE);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> desk.number("select count(*) from lease") == 0);
            assertThat(desk.miscounted()).isZero();
            long drawn =
                    ledgers.stream().mapToLong(ledger -> ledger.stats().drawn()).sum();
            ledgers.forEach(PostgresLedger::close);

            DecisionReplay replay = DecisionReplay.of(database.url());
            assertThat(replay.faults()).isEmpty();
            assertThat(replay.count("granted")).isGreaterThan(1_000);
            assertThat(replay.count("refused")).isGreaterThan(1_000);
            assertThat(replay.count("lapsed")).isPositive();
            assertThat(replay.count("runs on")).isPositive();
            assertThat(drawn).isGreaterThan(100);
            assertThat(unavailable.get()).as("a cut connection fails nobody").isZero();
        }
    }

    private static List<LimitedKey> keys(LedgerDesk desk) throws Exception {
        List<LimitedKey> keys = new ArrayList<>();
        for (String limits : new String[] {
            "concurrency = 3",
            "concurrency = 50",
            "requests = 40, requests_window_ms = 1000",
            "concurrency = 10, requests = 100, requests_window_ms = 2000",
            "tokens_per_minute = 20000",
            "tokens = 5000, tokens_window_ms = 1000, concurrency = 20",
            "cost_daily = 1000000, cost_weekly = 900000",
            "cost_total = 500000, tokens = 30000, tokens_window_ms = 3000, requests = 300, requests_window_ms = 5000",
            "concurrency = 0"
        }) {
            keys.add(desk.key(limits));
        }
        return keys;
    }

    private void act(Random random, List<LimitedKey> keys, List<PostgresLedger> ledgers) throws InterruptedException {
        if (held.size() > MOST_OPEN || random.nextInt(3) == 0) {
            Lease lease = random.nextBoolean() ? held.pollFirst() : held.pollLast();
            if (lease != null) {
                lease.settle(new Charge(random.nextInt(120), random.nextInt(1200)));
                if (random.nextInt(10) == 0) {
                    lease.settle(new Charge(1_000_000, 1_000_000));
                }
            }
            return;
        }
        Charge estimate = random.nextInt(4) == 0 ? Charge.NONE : new Charge(random.nextInt(100), random.nextInt(1000));
        LimitedKey key = keys.get(random.nextInt(keys.size()));
        if (!room.tryAcquire(1, TimeUnit.SECONDS)) {
            return;
        }
        asked.incrementAndGet();
        ledgers.get(random.nextInt(ledgers.size())).acquire(new LimitRequest(key, estimate, () -> {}), decision -> {
            if (decision instanceof LimitDecision.Granted granted) {
                held.add(granted.lease());
            } else if (decision instanceof LimitDecision.Unavailable) {
                unavailable.incrementAndGet();
            }
            answered.incrementAndGet();
            room.release();
        });
    }

    private static void fault(Random random, List<LimitedKey> keys, LedgerDesk desk) throws Exception {
        if (random.nextBoolean()) {
            desk.cutLedgers();
            return;
        }
        LimitedKey key = keys.get(random.nextInt(2));
        Optional<AbandonedOwner> dead = AbandonedOwner.tryHolding(desk, key, LEASE, new Charge(10, 100));
        if (dead.isPresent()) {
            dead.get().close();
        }
    }
}
