package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.MemoryLedger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllotmentsTest {
    private static final int KEYS = 1_000;
    private static final long WINDOW_MILLIS = 2_000;
    private static final int ALL = 2 * KEYS;

    private final WaitingSettlements written = new WaitingSettlements(() -> 0, () -> {});
    private final LeaseBook book = new LeaseBook(1, written, () -> {});
    private final Mirror mirror = new Mirror(
            new MemoryLedger(Clock.systemUTC()),
            new Outage(() -> 0, Duration.ofSeconds(30)),
            book,
            new LedgerCount(),
            () -> 0);
    private long now;

    @Test
    void what_ends_with_a_window_is_told_to_the_database_in_many_round_trips_within_a_second() {
        Allotments allotments = granted(LedgerDesk.LEASE);
        pass(WINDOW_MILLIS);

        List<Integer> told = new ArrayList<>();
        for (int passed = 0; passed < 1_000; passed += 50) {
            allotments.tidy();
            told.add(written.take(ALL).size());
            pass(50);
        }

        assertThat(told).containsOnly(KEYS / 20);
        allotments.tidy();
        assertThat(written.take(ALL)).isEmpty();
    }

    @Test
    void what_lasts_for_half_a_second_only_is_told_at_once() {
        Allotments allotments = granted(Duration.ofSeconds(1));
        pass(500);

        allotments.tidy();

        assertThat(written.take(ALL)).hasSize(KEYS);
    }

    private Allotments granted(Duration lease) {
        Allotments allotments = new Allotments(book, mirror, () -> {}, lease, () -> now);
        for (long key = 1; key <= KEYS; key++) {
            LimitRequest call = new LimitRequest(new LimitedKey(key, KeyLimits.NONE), Charge.NONE, () -> {});
            allotments.draw(call);
            allotments.draw(call);
        }
        while (allotments.hasRequests()) {
            for (AllotmentRequest request : allotments.takeRequests()) {
                allotments.granted(request, request, book.nextId(), now, WINDOW_MILLIS);
            }
        }
        return allotments;
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }
}
