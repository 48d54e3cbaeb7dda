package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.MemoryLedger;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MirrorTest {
    @Test
    void keys_that_have_nothing_to_lose_are_forgotten() {
        MemoryLedger memory = new MemoryLedger(Clock.systemUTC());
        Mirror mirror = new Mirror(
                memory,
                new Outage(System::nanoTime, Duration.ofSeconds(30)),
                new LeaseBook(1, new WaitingSettlements(System::nanoTime, () -> {}), () -> {}),
                new LedgerCount(),
                System::nanoTime);
        LimitedKey key = new LimitedKey(7, KeyLimits.ofConcurrency(1));
        mirror.granted(new LimitRequest(key, Charge.NONE, () -> {})).settle(Charge.NONE);
        assertThat(memory.accounts()).isEqualTo(1);

        mirror.forgetIdle();

        assertThat(memory.accounts()).isZero();
    }
}
