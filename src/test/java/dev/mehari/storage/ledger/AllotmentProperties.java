package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * An allotment beside a plain count of its calls, and of the places that it passes on, whatever happens, in whatever order. Each
 * step of a run is a number.
 */
class AllotmentProperties {
    private static final LimitedKey KEY = new LimitedKey(7, KeyLimits.NONE);
    private static final long SENT = 10;
    private static final long GOOD_UNTIL = 110;

    @Property(tries = 1000)
    void never_allows_more_than_was_granted_and_tells_exactly_what_became_of_it(
            @ForAll @IntRange(max = 5) int calls,
            @ForAll @IntRange(min = 2, max = 30) int requests,
            @ForAll @IntRange(max = 400) int tokens,
            @ForAll @Size(max = 120) List<@IntRange(max = 99_999) Integer> steps) {
        Run run = new Run(calls, requests, new Charge(tokens, 3L * tokens));
        for (int step : steps) {
            run.step(step % 24, step / 24);
        }
        run.end();
    }

    private static final class Run {
        private final AtomicLong clock = new AtomicLong();
        private final WaitingSettlements written = new WaitingSettlements(clock::get, () -> {});
        private final LeaseBook book = new LeaseBook(1, written, () -> {});
        private final AllotmentRequest granted;
        private final Allotment allotment;
        private final List<Held> running = new ArrayList<>();
        private final Set<Held> inPlaces = new HashSet<>();

        private long now = SENT;
        private int begun;
        private long usedTokens;
        private long usedNanoDollars;
        /** Free, and altogether. */
        private int free;

        private int places;
        private long nextLease = 1_000;
        private Charge usedInPlaces = Charge.NONE;

        Run(int calls, int requests, Charge charge) {
            granted = new AllotmentRequest(
                    new KeyDemand(KEY.id(), book, LedgerDesk.LEASE, 0), KEY.limits(), calls, requests, charge);
            allotment = new Allotment(42, granted, SENT, GOOD_UNTIL, book);
        }

        void step(int what, int how) {
            if (what < 11) {
                draw(new Charge(how % 40, how % 90));
            } else if (what < 19) {
                if (!running.isEmpty()) {
                    settle(running.remove(how % running.size()), new Charge(how % 60, how % 100));
                }
            } else if (what < 22) {
                free(how % (2 * SENT), new Charge(how % 30, how % 50));
            } else if (what < 23) {
                settlePlaces();
            } else {
                now += how % 12;
            }
        }

        private void draw(Charge estimate) {
            boolean isInPlace = running.size() - inPlaces.size() == granted.calls();
            boolean fits = now < GOOD_UNTIL
                    && (!isInPlace || free > 0)
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
                if (isInPlace) {
                    inPlaces.add(drawn);
                    free--;
                }
            }
        }

        private void settle(Held call, Charge used) {
            call.settle(used);
            call.settle(new Charge(9_999, 9_999));
            usedTokens += used.tokens();
            usedNanoDollars += used.nanoDollars();
            if (inPlaces.remove(call)) {
                free++;
            }
            assertThat(written.take(100)).isEmpty();
        }

        /** A call ends that the database had granted by itself, at {@code sent}. */
        private void free(long sent, Charge used) {
            Asked asked = new Asked(new LimitRequest(KEY, new Charge(50, 60), () -> {}), one -> {}, 0);
            Held ended = book.granted(nextLease++, asked, sent, one -> {}, null);
            Place place = new Place(ended, used);

            boolean isKept = allotment.keep(place, sent);

            assertThat(isKept).isEqualTo(sent >= SENT);
            if (isKept) {
                places++;
                usedInPlaces = usedInPlaces.plus(used);
                free++;
            }
            book.ended(ended, null);
        }

        /** Nobody has wanted the free ones for long enough. */
        private void settlePlaces() {
            clock.addAndGet(WaitingSettlements.PATIENCE_NANOS);
            List<Settlement> settled = written.take(100);
            assertThat(settled).hasSize(free);
            settled.forEach(this::isOfPlace);
            free = 0;
        }

        private void isOfPlace(Settlement one) {
            assertThat(one.leaseId()).isBetween(1_000L, 1_999L);
            assertThat(one.requests()).isEqualTo(1);
            places--;
            Charge running = one.running().stream().map(Held::reserved).reduce(Charge.NONE, Charge::plus);
            usedInPlaces = new Charge(
                    usedInPlaces.tokens() + running.tokens() - one.used().tokens(),
                    usedInPlaces.nanoDollars()
                            + running.nanoDollars()
                            - one.used().nanoDollars());
        }

        private long reserved(boolean ofMoney) {
            return reserved(running, ofMoney);
        }

        private static long reserved(Collection<Held> calls, boolean ofMoney) {
            return calls.stream()
                    .map(Held::reserved)
                    .mapToLong(charge -> ofMoney ? charge.nanoDollars() : charge.tokens())
                    .sum();
        }

        void end() {
            List<Settlement> all = allotment.end();
            Settlement end = all.get(all.size() - 1);
            List<Settlement> ofPlaces = all.subList(0, all.size() - 1);
            List<Held> own = new ArrayList<>(running);
            own.removeAll(inPlaces);
            assertThat(end.leaseId()).isEqualTo(42);
            assertThat(end.requests()).isEqualTo(begun);
            assertThat(end.used())
                    .isEqualTo(new Charge(usedTokens + reserved(own, false), usedNanoDollars + reserved(own, true)));
            assertThat(end.running()).containsExactlyInAnyOrderElementsOf(own);
            assertThat(ofPlaces).hasSize(free + inPlaces.size());
            assertThat(ofPlaces.stream().flatMap(one -> one.running().stream()))
                    .containsExactlyInAnyOrderElementsOf(inPlaces);
            ofPlaces.forEach(this::isOfPlace);
            assertThat(places).isZero();
            assertThat(usedInPlaces).isEqualTo(Charge.NONE);
            assertThat(allotment.end()).isEmpty();
            assertThat(allotment.draw(new LimitRequest(KEY, Charge.NONE, () -> {}), call -> used -> {}, 0))
                    .isNull();
            assertThat(written.isEmpty()).isTrue();

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
