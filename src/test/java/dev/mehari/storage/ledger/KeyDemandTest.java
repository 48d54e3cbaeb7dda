package dev.mehari.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import dev.mehari.limits.WindowLimit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyDemandTest {
    private static final long LONG = 60_000;

    private final WaitingSettlements written = new WaitingSettlements(System::nanoTime, () -> {});
    private final LeaseBook book = new LeaseBook(1, written, () -> {});
    private final KeyDemand demand = new KeyDemand(7, book, LedgerDesk.LEASE, 0);
    private KeyLimits limits = KeyLimits.NONE;
    private Charge estimate = Charge.NONE;
    private long now;

    @Test
    void a_key_that_is_called_now_and_then_needs_no_allotment() {
        for (int call = 0; call < 10; call++) {
            assertThat(callAndRequest()).isNull();
            pass(3_000);
        }
    }

    @Test
    void the_second_call_in_three_seconds_asks_for_an_allotment_once() {
        assertThat(callAndRequest()).isNull();
        pass(2_999);
        AllotmentRequest request = callAndRequest();
        assertThat(request).isNotNull();
        assertThat(request.requests()).isGreaterThan(1);
        assertThat(callAndRequest()).isNull();

        demand.unknown();

        assertThat(callAndRequest()).isNotNull();
    }

    @Test
    void a_key_of_few_calls_at_once_or_with_limits_that_nothing_is_reserved_of_gets_none() {
        WindowLimit window = new WindowLimit(1_000, Duration.ofMinutes(1));
        for (KeyLimits one : List.of(
                KeyLimits.ofConcurrency(15),
                new KeyLimits(0, null, 1_000, null, 0, 0, 0, null),
                new KeyLimits(0, null, 0, window, 0, 0, 0, null),
                new KeyLimits(0, null, 0, null, 0, 0, 1_000, null))) {
            limits = one;
            assertThat(askUntilRequested()).isNull();
        }
        limits = new KeyLimits(16, window, 1_000, window, 1, 1, 1, null);
        assertThat(askUntilRequested()).isNull();
        estimate = new Charge(1, 1);
        assertThat(askUntilRequested()).isNotNull();
    }

    @Test
    void an_allotment_ends_with_the_window_that_it_was_granted_in() {
        grant(100);

        pass(97);
        assertThat(draw()).isNotNull();
        pass(1);
        assertThat(draw()).isNull();

        assertThat(demand.endIfOver(now)).isTrue();
        assertThat(demand.forget(now)).isFalse();
        assertThat(written.take(10))
                .singleElement()
                .satisfies(end -> assertThat(end.requests()).isEqualTo(1));
    }

    @Test
    void an_allotment_that_is_not_used_is_given_back_after_a_third_of_its_life() {
        grant(LONG);

        pass(3_333);
        tidy();
        assertThat(written.isEmpty()).isTrue();
        pass(1);
        tidy();

        assertThat(written.isEmpty()).isFalse();
    }

    @Test
    void an_allotment_that_is_used_is_replaced_before_its_end_and_drained() {
        grant(LONG);
        Held call = null;
        for (int passed = 0; passed < 6_000; passed += 3_000) {
            pass(3_000);
            call = draw();
            assertThat(call).isNotNull();
            tidy();
        }
        pass(1_999);
        assertThat(callAndRequest()).isNull();
        pass(1);
        AllotmentRequest next = callAndRequest();
        assertThat(next).isNotNull();

        demand.granted(next, next, 43, now, LONG);
        tidy();
        assertThat(written.isEmpty()).as("calls of the old one may end soon").isTrue();
        pass(100);
        tidy();

        Held last = call;
        assertThat(written.take(10)).singleElement().satisfies(end -> {
            assertThat(end.leaseId()).isEqualTo(42);
            assertThat(end.running()).contains(last);
        });
        assertThat(draw()).isNotNull();
    }

    @Test
    void an_allotment_is_for_the_calls_of_half_its_life_and_never_for_few() {
        for (int call = 0; call < 30; call++) {
            demand.draw(call(), one -> used -> {}, now);
        }
        AllotmentRequest busy = demand.request(call(), now);
        assertThat(busy).isNotNull();
        assertThat(busy.requests()).as("30 in 3 s are 50 in 5 s").isEqualTo(50);
        demand.unknown();

        pass(6_000);

        AllotmentRequest quiet = askUntilRequested();
        assertThat(quiet).isNotNull();
        assertThat(quiet.requests()).isEqualTo(8);
    }

    @Test
    void an_allotment_of_which_little_is_left_is_replaced() {
        grant(LONG);
        for (int call = 0; call < 6; call++) {
            Held drawn = draw();
            assertThat(drawn).isNotNull();
            drawn.settle(Charge.NONE);
            assertThat(demand.request(call(), now)).isNull();
        }

        assertThat(callAndRequest()).as("with 1 left of 8").isNotNull();
    }

    @Test
    void an_allotment_that_is_overdrawn_is_charged_for_that_at_once() {
        estimate = new Charge(10, 10);
        for (Charge beyond : List.of(Charge.NONE, new Charge(1, 0), new Charge(0, 1))) {
            Charge all = grant(LONG).charge();
            Charge used = new Charge(all.tokens() + beyond.tokens(), all.nanoDollars() + beyond.nanoDollars());
            Held call = draw();
            assertThat(call).isNotNull();

            call.settle(used);

            assertThat(written.isEmpty()).isEqualTo(beyond.equals(Charge.NONE));
            demand.callBack(now);
            assertThat(written.take(10))
                    .singleElement()
                    .satisfies(end -> assertThat(end.used()).isEqualTo(used));
            pass(500);
        }
    }

    @Test
    void limits_that_have_changed_end_the_allotment() {
        grant(LONG);
        limits = KeyLimits.ofConcurrency(100);

        assertThat(draw()).isNull();

        assertThat(written.isEmpty()).isFalse();
    }

    @Test
    void what_is_called_back_is_given_back_at_once_and_not_asked_for_again_soon() {
        grant(LONG);

        demand.callBack(now);

        assertThat(written.isEmpty()).isFalse();
        assertThat(askUntilRequested()).isNull();
        pass(500);
        assertThat(askUntilRequested()).isNotNull();
    }

    @Test
    void what_is_refused_is_not_asked_for_again_soon() {
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();

        demand.refused(now);

        assertThat(askUntilRequested()).isNull();
        pass(500);
        assertThat(askUntilRequested()).isNotNull();
    }

    @Test
    void what_is_called_back_before_it_is_there_is_given_back_when_it_comes() {
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();

        demand.callBack(now);
        demand.granted(request, request, 42, now, LONG);

        assertThat(written.isEmpty()).isFalse();
        assertThat(draw()).isNull();
        pass(500);
        AllotmentRequest next = askUntilRequested();
        assertThat(next).isNotNull();
        demand.granted(next, next, 43, now, LONG);
        assertThat(draw()).isNotNull();
    }

    @Test
    void what_is_granted_in_part_is_replaced_later_and_given_back_before() {
        limits = KeyLimits.ofConcurrency(100);
        estimate = new Charge(3, 5);
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();
        AllotmentRequest part = request.of(1, request.requests() - 1);
        assertThat(part.charge()).isEqualTo(new Charge(3L * part.requests(), 5L * part.requests()));
        demand.granted(request, part, 42, now, LONG);
        assertThat(draw()).isNotNull();
        assertThat(draw()).as("one at a time").isNull();
        pass(1_999);
        assertThat(askUntilRequested()).as("not at once").isNull();
        assertThat(written.isEmpty()).isTrue();

        pass(1);
        AllotmentRequest next = askUntilRequested();
        assertThat(next).isNotNull();
        demand.makeRoom();

        assertThat(written.take(10))
                .singleElement()
                .satisfies(end -> assertThat(end.leaseId()).isEqualTo(42));
        demand.granted(next, next, 43, now, LONG);
        pass(8_000);
        assertThat(askUntilRequested()).isNotNull();
        demand.makeRoom();
        assertThat(written.isEmpty()).as("there was enough").isTrue();
    }

    @Test
    void places_are_passed_on_where_they_are_scarce_only() {
        grant(LONG);
        assertThat(demand.keep(place(), now)).as("there is enough").isFalse();
        demand.callBack(now);
        pass(500);
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();
        demand.granted(request, request.of(0, request.requests()), 43, now, LONG);
        assertThat(draw()).isNull();

        assertThat(demand.keep(place(), now - 1)).as("of another window, maybe").isFalse();
        assertThat(demand.keep(place(), now)).isTrue();

        Held drawn = draw();
        assertThat(drawn).isNotNull();
        assertThat(draw()).isNull();
        drawn.settle(Charge.NONE);
        assertThat(demand.takeFreePlaces()).hasSize(1);
        assertThat(draw()).isNull();
        assertThat(demand.keep(place(), now)).isTrue();
        assertThat(draw()).isNotNull();
        demand.end();
        assertThat(demand.takeFreePlaces()).isEmpty();
        assertThat(demand.keep(place(), now)).isFalse();
    }

    @Test
    void what_was_granted_in_part_and_of_no_use_is_not_asked_for_again_for_longer() {
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();
        demand.granted(request, request.of(0, request.requests()), 42, now, LONG);
        pass(2_000);
        AllotmentRequest second = askUntilRequested();
        assertThat(second).isNotNull();
        demand.makeRoom();
        demand.granted(second, second.of(0, second.requests()), 43, now, LONG);

        pass(3_999);
        assertThat(askUntilRequested()).isNull();
        pass(1);
        assertThat(askUntilRequested()).isNotNull();
    }

    @Test
    void a_lease_that_is_gone_has_no_place_to_pass_on() {
        for (boolean isGone : List.of(false, true)) {
            pass(500);
            AllotmentRequest request = askUntilRequested();
            assertThat(request).isNotNull();
            demand.granted(request, request.of(0, request.requests()), 42, now, LONG);
            Held lease = book.granted(book.nextId(), new Asked(call(), one -> {}, 0), now, used -> {}, demand);
            if (isGone) {
                lease.lost();
            }

            lease.settle(Charge.NONE);

            assertThat(draw() == null).isEqualTo(isGone);
            demand.callBack(now);
        }
    }

    private Place place() {
        return new Place(
                book.granted(book.nextId(), new Asked(call(), one -> {}, 0), now, used -> {}, null), Charge.NONE);
    }

    @Test
    void what_nobody_has_asked_for_lately_is_forgotten_and_not_used_again() {
        askUntilRequested();
        demand.refused(now);
        pass(5_999);
        assertThat(demand.forget(now)).isFalse();
        pass(1);
        assertThat(demand.forget(now)).isTrue();

        pass(10_000);
        assertThat(askUntilRequested()).isNull();
    }

    private void tidy() {
        demand.endIfOver(now);
        demand.drain(now);
    }

    private AllotmentRequest grant(long millis) {
        AllotmentRequest request = askUntilRequested();
        assertThat(request).isNotNull();
        demand.granted(request, request, 42, now, millis);
        return request;
    }

    private @Nullable AllotmentRequest askUntilRequested() {
        AllotmentRequest request = null;
        for (int call = 0; call < 5 && request == null; call++) {
            request = callAndRequest();
        }
        return request;
    }

    private @Nullable AllotmentRequest callAndRequest() {
        draw();
        return demand.request(call(), now);
    }

    private @Nullable Held draw() {
        return demand.draw(call(), one -> used -> {}, now);
    }

    private LimitRequest call() {
        return new LimitRequest(new LimitedKey(7, limits), estimate, () -> {});
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }
}
