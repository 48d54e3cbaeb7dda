package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** An allotment beside a plain count of its calls, whatever happens, in whatever order. Each step of a run is a number. */
class AllotmentProperties {
    private static final LimitedKey KEY = new LimitedKey(7, KeyLimits.NONE);
    private static final long GOOD_FOR = 100;

    @Property(tries = 500)
    void never_allows_more_than_was_granted_and_tells_exactly_what_became_of_it(
            @ForAll @IntRange(min = 1, max = 5) int calls,
            @ForAll @IntRange(min = 2, max = 30) int requests,
            @ForAll @IntRange(max = 400) int tokens,
            @ForAll @Size(max = 120) List<@IntRange(max = 99_999) Integer> steps) {
        Run run = new Run(calls, requests, new Charge(tokens, 3L * tokens));
        for (int step : steps) {
            run.step(step % 20, step / 20);
        }
        run.end();
    }

    private static final class Run {
        private final WaitingSettlements written = new WaitingSettlements(System::nanoTime, () -> {});
        private final LeaseBook book = new LeaseBook(1, written, () -> {});
        private final AllotmentRequest granted;
        private final Allotment allotment;
        private final List<Held> running = new ArrayList<>();
        private long now;
        private int begun;
        private long usedTokens;
        private long usedNanoDollars;

        Run(int calls, int requests, Charge charge) {
            granted = new AllotmentRequest(
                    new KeyDemand(KEY.id(), book, LedgerDesk.LEASE, 0), KEY.limits(), calls, requests, charge);
            allotment = new Allotment(42, granted, 0, GOOD_FOR, book);
        }

        void step(int what, int how) {
            if (what < 11) {
                draw(new Charge(how % 40, how % 90));
            } else if (what < 19) {
                if (!running.isEmpty()) {
                    settle(running.remove(how % running.size()), new Charge(how % 60, how % 100));
                }
            } else {
                now += how % 12;
            }
        }

        private void draw(Charge estimate) {
            boolean fits = now < GOOD_FOR
                    && running.size() < granted.calls()
                    && begun < granted.requests()
                    && usedTokens + reserved(false) + estimate.tokens()
                            <= granted.charge().tokens()
                    && usedNanoDollars + reserved(true) + estimate.nanoDollars()
                            <= granted.charge().nanoDollars();

            Held drawn = allotment.draw(new LimitRequest(KEY, estimate, () -> {}), call -> used -> {}, now);

            assertThat(drawn != null).isEqualTo(fits);
            if (drawn != null) {
                begun++;
                running.add(drawn);
            }
        }

        private void settle(Lease call, Charge used) {
            call.settle(used);
            call.settle(new Charge(9_999, 9_999));
            usedTokens += used.tokens();
            usedNanoDollars += used.nanoDollars();
            assertThat(written.isEmpty()).isTrue();
        }

        private long reserved(boolean ofMoney) {
            return running.stream()
                    .map(Held::reserved)
                    .mapToLong(charge -> ofMoney ? charge.nanoDollars() : charge.tokens())
                    .sum();
        }

        void end() {
            Settlement end = allotment.end();
            assertThat(end).isNotNull();
            assertThat(end.requests()).isEqualTo(begun);
            assertThat(end.used())
                    .isEqualTo(new Charge(usedTokens + reserved(false), usedNanoDollars + reserved(true)));
            assertThat(end.running()).containsExactlyInAnyOrderElementsOf(running);
            assertThat(allotment.end()).isNull();
            assertThat(allotment.draw(new LimitRequest(KEY, Charge.NONE, () -> {}), call -> used -> {}, 0))
                    .isNull();

            for (int place = 0; place < running.size(); place++) {
                boolean isEnteredFirst = place % 2 == 0;
                Held call = running.get(place);
                if (isEnteredFirst) {
                    call.entered();
                }
                call.settle(new Charge(place, place));
                if (!isEnteredFirst) {
                    assertThat(written.isEmpty()).as("unknown to the database").isTrue();
                    call.entered();
                }
                assertThat(written.take(10))
                        .containsExactly(Settlement.ofCall(KEY.id(), call.id(), new Charge(place, place)));
            }
            assertThat(book.size()).isZero();
        }
    }
}
