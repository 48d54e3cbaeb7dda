package dev.mehari.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The ledger beside {@link ReferenceLedger}, whatever happens, in whatever order. Each step of a run is a number. */
class MemoryLedgerProperties {
    private static final long KEY = 7;
    private static final WindowLimit REQUESTS = new WindowLimit(20, Duration.ofSeconds(10));
    private static final WindowLimit TOKENS = new WindowLimit(300, Duration.ofHours(1));
    private static final KeyLimits[] LIMITS = {
        new KeyLimits(3, REQUESTS, 100, TOKENS, 400, 900, 2_000, null),
        new KeyLimits(1, new WindowLimit(4, Duration.ofSeconds(10)), 0, TOKENS, 0, 500, 0, null),
        new KeyLimits(0, REQUESTS, 0, new WindowLimit(50, Duration.ofHours(1)), 200, 0, 1_000, null),
        new KeyLimits(8, REQUESTS, 250, TOKENS, 0, 0, 4_000, null)
    };
    private static final Duration[] PAUSES = {
        Duration.ofMillis(1),
        Duration.ofMillis(900),
        Duration.ofSeconds(9),
        Duration.ofSeconds(47),
        Duration.ofMinutes(31),
        Duration.ofHours(11),
        Duration.ofDays(3)
    };

    @Property(tries = 500)
    void decides_as_the_reference_does(@ForAll @Size(max = 150) List<@IntRange(max = 99_999) Integer> steps) {
        Run run = new Run();
        for (int step : steps) {
            run.step(step % 10, step / 10);
            run.assertSame();
        }
    }

    private static final class Run {
        private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T23:59:58Z"));
        private final ReferenceLedger reference = new ReferenceLedger();
        private final List<Lease> leases = new ArrayList<>();
        private final AtomicInteger lost = new AtomicInteger();
        private List<KeyCounters> kept = List.of();
        private int taken;
        private MemoryLedger ledger = new MemoryLedger(clock);
        private KeyLimits limits = LIMITS[0];

        void step(int what, int how) {
            switch (what) {
                case 0, 1, 2, 3, 4 -> acquire(new Charge(how % 3 == 0 ? 0 : how % 60, how % 4 == 0 ? 0 : how % 90));
                case 5, 6 -> settle(how, new Charge(how % 70, how % 110));
                case 7 -> clock.pass(PAUSES[how % PAUSES.length]);
                case 8 -> limits = LIMITS[how % LIMITS.length];
                default -> {
                    if (how % 7 == 0) {
                        takeBack();
                    } else if (how % 7 == 1) {
                        restart();
                    } else {
                        ledger.forgetIdle();
                    }
                }
            }
        }

        private void acquire(Charge estimate) {
            LimitRequest request = new LimitRequest(new LimitedKey(KEY, limits), estimate, lost::incrementAndGet);
            ReferenceLedger.Refusal expected = reference.acquire(limits, estimate, clock.instant());

            LimitDecision decision = ledger.decide(request);

            if (expected == null) {
                assertThat(decision).isInstanceOf(LimitDecision.Granted.class);
                leases.add(((LimitDecision.Granted) decision).lease());
            } else {
                assertThat(decision)
                        .isEqualTo(new LimitDecision.Refused(
                                expected.kind(),
                                expected.current(),
                                ReferenceLedger.most(expected.kind(), limits),
                                expected.resetAt()));
            }
        }

        private void settle(int which, Charge used) {
            if (!leases.isEmpty()) {
                int index = which % leases.size();
                reference.settle(reference.entries.get(index), used);
                leases.get(index).settle(used);
            }
        }

        private void takeBack() {
            int before = (int) reference.active();
            reference.entries.forEach(reference::takeBack);
            assertThat(ledger.takeBack(KEY)).isEqualTo(before);
            taken += before;
        }

        /** Everything that runs ends, and the counters go on in a new ledger. */
        private void restart() {
            reference.entries.forEach(entry -> reference.settle(entry, Charge.NONE));
            ledger.close();
            List<KeyCounters> changes = ledger.takeChanges();
            ledger.keepLater(changes);
            assertThat(ledger.takeChanges()).isEqualTo(changes);
            if (!changes.isEmpty()) {
                kept = changes;
            }
            ledger = new MemoryLedger(clock);
            ledger.restore(kept);
        }

        void assertSame() {
            assertThat(lost).hasValue(taken);
            for (KeyUse use : ledger.use(new LimitedKey(KEY, limits))) {
                assertThat(use.used())
                        .as("%s", use.kind())
                        .isEqualTo(reference.used(use.kind(), limits, clock.instant()));
                assertThat(use.limit()).isEqualTo(ReferenceLedger.most(use.kind(), limits));
            }
            assertThat(ledger.leases()).hasSize((int) reference.active());
        }
    }
}
