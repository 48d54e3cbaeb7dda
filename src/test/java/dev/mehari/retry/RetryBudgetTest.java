package dev.mehari.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** How often calls may be tried again. */
class RetryBudgetTest {
    private static final long START = -TimeUnit.SECONDS.toNanos(5);

    private static long at(long millis) {
        return START + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static int taken(RetryBudget budget, long now) {
        int taken = 0;
        while (budget.take(now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void ten_retries_may_be_made_however_few_calls_there_are() {
        assertThat(taken(new RetryBudget(20, START), at(0))).isEqualTo(10);
    }

    @Test
    void beyond_them_a_share_of_the_calls() {
        RetryBudget budget = new RetryBudget(20, START);
        for (int i = 0; i < 1_000; i++) {
            budget.called(at(i));
        }
        assertThat(taken(budget, at(1_000))).isEqualTo(200);
    }

    @Test
    void none_at_all_where_the_share_is_nothing() {
        assertThat(taken(new RetryBudget(0, START), at(0))).isZero();
    }

    @Test
    void what_is_older_than_ten_seconds_is_forgotten() {
        RetryBudget budget = new RetryBudget(20, START);
        for (int i = 0; i < 1_000; i++) {
            budget.called(at(500));
        }
        assertThat(taken(budget, at(600))).isEqualTo(200);
        assertThat(budget.take(at(9_900))).isFalse();
        assertThat(taken(budget, at(10_100))).isEqualTo(10);
    }

    @Test
    void calls_of_several_threads_are_all_counted() throws InterruptedException {
        RetryBudget budget = new RetryBudget(100, START);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    budget.called(at(0));
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken(budget, at(0))).isEqualTo(40_000);
    }

    /** Each number is a pause in milliseconds, then a call whose tries all fail. */
    @Property(tries = 200)
    void within_any_ten_seconds_retries_stay_within_their_share(
            @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 0, max = 300) Integer> pauses) {
        RetryBudget budget = new RetryBudget(20, START);
        List<Long> calls = new ArrayList<>();
        List<Long> retries = new ArrayList<>();
        long now = 0;
        for (int pause : pauses) {
            now += pause;
            budget.called(at(now));
            calls.add(now);
            for (int i = 0; i < 3 && budget.take(at(now)); i++) {
                retries.add(now);
            }
        }
        // Calls that have left a window leave their retries behind there, but none of them was taken beyond the share.
        long most = Math.max(
                10, calls.stream().mapToLong(end -> within(calls, end)).max().orElse(0) * 20 / 100);
        assertThat(retries).allSatisfy(end -> assertThat(within(retries, end)).isLessThanOrEqualTo(most));
    }

    /** How many of {@code times} are in the ten seconds up to {@code end}, as the budget counts seconds. */
    private static long within(List<Long> times, long end) {
        return times.stream()
                .filter(then -> then <= end && then / 1_000 > end / 1_000 - 10)
                .count();
    }
}
