package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.CapSimulation.Result;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdaptiveCapTest {
    private static final int FIRST_SEED = 1_001;
    private static final int SEEDS = 3;
    private static final String SHARED = "others share it: 35, deviation 4 over 60 s";

    private final AdaptiveCap cap = new AdaptiveCap();

    static Stream<Arguments> calls() {
        return Stream.of(
                Arguments.of("0.2 s", CapShapes.exponential(0.2), CapShapes.SECONDS / 4),
                Arguments.of("1 s", CapShapes.exponential(1), CapShapes.SECONDS),
                Arguments.of("5 s", CapShapes.exponential(5), CapShapes.SECONDS),
                Arguments.of("1 s, mixed", CapShapes.logNormal(1), CapShapes.SECONDS),
                Arguments.of("5 s, mixed", CapShapes.logNormal(5), CapShapes.SECONDS));
    }

    static Stream<Arguments> longCalls() {
        return Stream.of(
                Arguments.of("20 s", CapShapes.exponential(20)), Arguments.of("20 s, mixed", CapShapes.logNormal(20)));
    }

    @ParameterizedTest(name = "of {0}")
    @MethodSource("calls")
    void nearly_all_that_an_oracle_would_do_with_few_refusals(
            String calls, ToDoubleFunction<Random> lasts, int seconds) {
        for (Map.Entry<String, LongFunction<DoubleUnaryOperator>> shape :
                CapShapes.known().entrySet()) {
            Result worst = worst(shape.getValue(), lasts, seconds);
            assertThat(worst.goodput()).as("%s: %s", shape.getKey(), worst).isGreaterThanOrEqualTo(0.9);
            assertThat(worst.refused()).as("%s: %s", shape.getKey(), worst).isLessThan(0.02);
        }
    }

    @ParameterizedTest(name = "of {0}")
    @MethodSource("calls")
    void as_well_with_limits_that_it_was_not_made_for(String calls, ToDoubleFunction<Random> lasts, int seconds) {
        for (Map.Entry<String, LongFunction<DoubleUnaryOperator>> shape :
                CapShapes.heldOut().entrySet()) {
            Result worst = worst(shape.getValue(), lasts, seconds);
            double most =
                    shape.getKey().equals(SHARED) ? 0.022 : 0.02; // moves by chance alone, faster than may be asked
            assertThat(worst.goodput()).as("%s: %s", shape.getKey(), worst).isGreaterThanOrEqualTo(0.9);
            assertThat(worst.refused()).as("%s: %s", shape.getKey(), worst).isLessThan(most);
        }
    }

    /** It misses its aim here, see docs/credential-pool.md; this is how far it may. */
    @ParameterizedTest(name = "of {0}")
    @MethodSource("longCalls")
    void most_that_an_oracle_would_do_with_calls_that_outlast_the_limit(String calls, ToDoubleFunction<Random> lasts) {
        Stream.of(CapShapes.known(), CapShapes.heldOut())
                .flatMap(shapes -> shapes.entrySet().stream())
                .forEach(shape -> {
                    Result worst = worst(shape.getValue(), lasts, CapShapes.SECONDS);
                    assertThat(worst.goodput())
                            .as("%s: %s", shape.getKey(), worst)
                            .isGreaterThan(0.75);
                    assertThat(worst.refused())
                            .as("%s: %s", shape.getKey(), worst)
                            .isLessThan(0.05);
                });
    }

    /** Of some seeds, the least goodput and the most refusals. */
    private static Result worst(LongFunction<DoubleUnaryOperator> limit, ToDoubleFunction<Random> lasts, int seconds) {
        double goodput = Double.MAX_VALUE;
        double refused = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Result one = new CapSimulation(limit.apply(seed), lasts, seed).run(seconds);
            goodput = Math.min(goodput, one.goodput());
            refused = Math.max(refused, one.refused());
        }
        return new Result(goodput, refused, 0);
    }

    /** What a caller does next: send a call, or have one end. */
    private record Turn(double at, boolean ends, boolean taken, int underWay, long epoch, double sentAt) {
        static Turn toSend(double at) {
            return new Turn(at, false, false, 0, 0, 0);
        }
    }

    @Test
    void learns_from_callers_who_do_not_keep_to_it() {
        int limit = 20;
        Random random = new Random(7);
        PriorityQueue<Turn> turns = new PriorityQueue<>((a, b) -> Double.compare(a.at(), b.at()));
        for (int caller = 0; caller < 2 * limit; caller++) {
            turns.add(Turn.toSend(random.nextDouble()));
        }
        int sent = 0;
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            Turn turn = turns.remove();
            double now = turn.at();
            long millis = (long) (1_000 * now);
            if (!turn.ends()) {
                boolean takes = taken < limit;
                taken += takes ? 1 : 0;
                sent++;
                double lasts = takes ? 2 * random.nextDouble() : 0.05;
                turns.add(new Turn(now + lasts, true, takes, sent, cap.sent(sent, millis), now));
            } else if (turn.taken()) {
                taken--;
                sent--;
                cap.succeeded(millis);
                turns.add(Turn.toSend(now));
            } else {
                sent--;
                cap.refused(turn.underWay(), turn.epoch(), (long) (1_000 * turn.sentAt()), millis);
                turns.add(Turn.toSend(now + 5 * random.nextDouble()));
            }
        }

        assertThat(cap.cap()).isBetween(limit - 2, limit + 2);
    }

    @Test
    void is_at_least_one_whatever_is_refused() {
        for (int i = 0; i < 100; i++) {
            refuse(1, cap.sent(1, i), i);
        }

        assertThat(cap.cap()).isOne();
    }

    @Test
    void sends_no_more_than_the_upstream_says_it_takes() {
        cap.told(2);
        assertThat(cap.cap()).isEqualTo(2);
        cap.told(0);
        assertThat(cap.cap()).isEqualTo(1);
        cap.told(-1);
        assertThat(cap.cap()).isEqualTo(4);
    }

    @Test
    void a_refusal_lowers_it_to_what_was_taken() {
        refuse(3, cap.sent(3, 0), 50);

        assertThat(cap.cap()).isEqualTo(2);
    }

    @Test
    void calls_sent_before_the_cap_was_lowered_do_not_lower_it_again_beyond_what_they_show() {
        long before = cap.sent(4, 0);
        refuse(4, before, 50);
        refuse(4, before, 50);
        refuse(3, before, 50);

        assertThat(cap.cap()).isEqualTo(2);
    }

    @Test
    void a_refusal_before_the_lowered_cap_was_taken_lowers_it_far_and_the_way_back_needs_no_credit() {
        grow(20);
        int before = cap.cap();
        refuse(before, cap.sent(before, 40_000), 40_050);
        assertThat(cap.cap()).isEqualTo(before - 1);
        refuse(before - 1, cap.sent(before - 1, 40_060), 40_110);
        int low = cap.cap();
        assertThat(low).isEqualTo((int) (0.6 * (before - 2)));

        cap.sent(low, 41_000);
        cap.succeeded(44_000);

        assertThat(cap.cap()).isBetween(low + 1, before - 2);
    }

    @Test
    void is_not_raised_while_a_refusal_may_still_come() {
        cap.sent(4, 0);
        cap.succeeded(900);
        assertThat(cap.cap()).isEqualTo(4);

        cap.succeeded(1_000);

        assertThat(cap.cap()).isEqualTo(5);
    }

    @Test
    void is_not_raised_while_it_is_not_used_up() {
        for (int second = 0; second < 1_000; second++) {
            cap.sent(3, 1_000L * second);
            cap.succeeded(1_000L * second + 500);
        }

        assertThat(cap.cap()).isEqualTo(4);
    }

    /** Nothing is refused for so many seconds of two events each. */
    private void grow(int seconds) {
        for (int i = 0; i < seconds; i++) {
            cap.sent(cap.cap(), 2_000L * i);
            cap.succeeded(2_000L * i + 1_500);
        }
    }

    private void refuse(int underWay, long sentIn, long nowMillis) {
        cap.refused(underWay, sentIn, nowMillis - 50, nowMillis);
    }
}
