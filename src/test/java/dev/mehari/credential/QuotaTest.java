package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.Credentials.quota;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotaTest {
    private final FakeCredentialStore store = new FakeCredentialStore();

    @Test
    void the_sixth_call_of_five_a_day_goes_elsewhere() {
        // row 88
        PoolFixture fixture = instance(Work.atOnce()).with(first(5), key(2));

        assertThat(fixture.calls(7)).isEqualTo("AAAAABB");
        fixture.time.pass(Duration.ofHours(16));
        store.quotaUsed.clear();
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class); // asks for the first calls of the new day
        assertThat(fixture.calls(1)).isEqualTo("A");
    }

    @Test
    void a_call_waits_for_the_store_rather_than_go_where_it_should_not() {
        Work work = new Work();
        PoolFixture fixture = instance(work).with(first(5), key(2));

        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        work.all();
        assertThat(fixture.calls(1)).isEqualTo("A");
    }

    @Test
    void a_store_that_is_away_does_not_hold_calls_up() {
        store.away = true;
        PoolFixture fixture = instance(Work.atOnce()).with(first(5), key(2));

        assertThat(fixture.calls(2)).isEqualTo("BB");
    }

    @Test
    void two_instances_together_make_no_more_than_the_quota() {
        // row 88
        PoolFixture one = instance(Work.atOnce()).with(quota(1, 101));
        PoolFixture two = instance(Work.atOnce()).with(quota(1, 101));
        int calls = 0;
        while (one.ask() instanceof Taking.Taken || two.ask() instanceof Taking.Taken) {
            calls++;
            assertThat(calls).isLessThanOrEqualTo(101);
        }

        assertThat(calls).isGreaterThanOrEqualTo(99);
    }

    @Test
    void what_was_not_used_is_given_back() {
        PoolFixture fixture = instance(Work.atOnce()).with(quota(1, 1_000));
        fixture.calls(10);

        fixture.pool.close();

        assertThat(store.quotaUsed).containsEntry(1L, 10L);
    }

    private PoolFixture instance(Work work) {
        return new PoolFixture(store, work, Adaptive.OFF, false);
    }

    private static Credential first(long dailyQuota) {
        return Credentials.with(key(1, "up", 10), 1, 0, dailyQuota, true);
    }
}
