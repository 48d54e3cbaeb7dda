package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker finds what is wrong, and nothing else. */
class KeyReplayTest {
    private static final List<Long> TWO_AT_ONCE = limits(2, 0, 0);
    private static final long MINUTE = 60_000;

    private final KeyReplay replay = new KeyReplay(1);
    private long next;

    @Test
    void a_grant_beyond_concurrency_is_a_fault() {
        grant(1, 0, Charge.NONE, TWO_AT_ONCE);
        grant(2, 0, Charge.NONE, TWO_AT_ONCE);
        assertThat(replay.faults()).isEmpty();

        grant(3, 0, Charge.NONE, TWO_AT_ONCE);
        assertThat(replay.faults()).singleElement().asString().contains("lease 3", "beyond limit 1");
        assertThat(replay.mostHeld()).isEqualTo(3);
    }

    @Test
    void a_slot_is_free_once_its_lease_was_settled_or_has_lapsed() {
        grant(1, 0, Charge.NONE, TWO_AT_ONCE);
        grant(2, 0, Charge.NONE, TWO_AT_ONCE);
        next("settled", 1, 5, Charge.NONE);
        next("lapsed", 2, 6, Charge.NONE);
        grant(3, 7, Charge.NONE, TWO_AT_ONCE);
        grant(4, 7, Charge.NONE, TWO_AT_ONCE);
        next("settled", 2, 8, Charge.NONE);

        assertThat(replay.faults()).isEmpty();
        assertThat(replay.held()).isEqualTo(2);
    }

    @Test
    void a_lease_ends_once() {
        grant(1, 0, Charge.NONE, TWO_AT_ONCE);
        next("settled", 1, 5, Charge.NONE);
        next("settled", 1, 6, Charge.NONE);

        assertThat(replay.faults()).singleElement().asString().contains("settled without being held, or twice");
    }

    @Test
    void a_grant_beyond_a_window_is_a_fault_until_the_next_begins() {
        List<Long> twoPerMinute = limits(0, 2, 0);
        grant(1, 0, Charge.NONE, twoPerMinute);
        grant(2, 1, Charge.NONE, twoPerMinute);
        grant(3, MINUTE, Charge.NONE, twoPerMinute);
        grant(4, MINUTE, Charge.NONE, twoPerMinute);
        assertThat(replay.faults()).isEmpty();

        grant(5, 2 * MINUTE - 1, Charge.NONE, twoPerMinute);
        assertThat(replay.faults()).singleElement().asString().contains("beyond limit 2");
    }

    @Test
    void reserved_tokens_count_until_they_are_settled() {
        List<Long> hundredTokens = limits(0, 0, 100);
        grant(1, 0, new Charge(90, 0), hundredTokens);
        next("settled", 1, 5, new Charge(50, 0));
        grant(2, 6, new Charge(50, 0), hundredTokens);
        assertThat(replay.faults()).isEmpty();

        grant(3, 7, new Charge(1, 0), hundredTokens);
        assertThat(replay.faults()).singleElement().asString().contains("beyond limit 3");
    }

    @Test
    void a_refusal_must_be_due() {
        grant(1, 0, Charge.NONE, TWO_AT_ONCE);
        refuse(2, 1, 1, TWO_AT_ONCE);
        assertThat(replay.faults()).singleElement().asString().contains("refused by limit 1, used up is 0");

        grant(3, 2, Charge.NONE, TWO_AT_ONCE);
        refuse(4, 3, 2, TWO_AT_ONCE);
        assertThat(replay.faults()).hasSize(1);
        refuse(5, 4, 7, TWO_AT_ONCE);
        assertThat(replay.faults()).hasSize(2).last().asString().contains("refused at 7");
    }

    @Test
    void what_was_granted_alone_counts_but_is_no_fault() {
        grant(1, 0, Charge.NONE, TWO_AT_ONCE);
        grant(2, 0, Charge.NONE, TWO_AT_ONCE);
        next("adopted", 3, 5, Charge.NONE);
        next("ended", 4, 5, Charge.NONE);

        assertThat(replay.faults()).isEmpty();
        assertThat(replay.held()).isEqualTo(3);
    }

    @Test
    void an_allotment_without_calls_takes_no_slot() {
        next("adopted", 1, 0, Charge.NONE);
        next("adopted", 2, 0, Charge.NONE);
        next("adopted", 3, 0, Charge.NONE);

        allot(4, 0, TWO_AT_ONCE);
        assertThat(replay.faults()).isEmpty();
        assertThat(replay.held()).isEqualTo(3);

        allot(5, 1, TWO_AT_ONCE);
        assertThat(replay.faults()).singleElement().asString().contains("lease 5", "beyond limit 1");
    }

    private void allot(long lease, int calls, List<Long> limits) {
        replay.next(new LoggedDecision(++next, 0, 1, lease, "granted", calls, 10, Charge.NONE, 0, 0, 0, 0, limits));
    }

    private void grant(long lease, long atMillis, Charge charge, List<Long> limits) {
        replay.next(new LoggedDecision(++next, atMillis, 1, lease, "granted", 1, 1, charge, 0, 0, 0, 0, limits));
    }

    private void refuse(long lease, long atMillis, long used, List<Long> limits) {
        replay.next(
                new LoggedDecision(++next, atMillis, 1, lease, "refused", 1, 1, Charge.NONE, 0, 0, 1, used, limits));
    }

    private void next(String what, long lease, long atMillis, Charge charge) {
        replay.next(new LoggedDecision(++next, atMillis, 1, lease, what, 1, 1, charge, 0, atMillis, 0, 0, null));
    }

    private static List<Long> limits(long concurrency, long requests, long tokensPerMinute) {
        return List.of(concurrency, requests, tokensPerMinute, 0L, 0L, 0L, 0L, MINUTE, MINUTE);
    }
}
