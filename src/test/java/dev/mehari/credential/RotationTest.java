package dev.mehari.credential;

import static dev.mehari.credential.Credentials.disabled;
import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.PoolFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RotationTest {
    private final FakeCredentialStore store = new FakeCredentialStore();
    private final Work work = new Work();

    private PoolFixture instance(Work on) {
        return new PoolFixture(store, on, Adaptive.OFF, false).choosing(Choice.ROTATION, 3);
    }

    @Test
    void three_calls_each_in_the_order_of_ids() {
        // row 80
        assertThat(ready(instance(Work.atOnce()).with(key(1), key(2))).calls(12))
                .isEqualTo("AAABBBAAABBB");
    }

    @Test
    void calls_that_outrun_the_store_are_shared_exactly_all_the_same() {
        // row 80
        PoolFixture fixture = instance(work).with(key(1), key(2));
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        work.one();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(id(fixture.take()));
        }
        assertThat(ids.stream().filter(one -> one == 1)).hasSize(15);

        work.all();
        for (int i = 0; i < 300; i++) {
            ids.add(id(fixture.take()));
            if (i % 7 == 0) {
                work.all();
            }
        }
        assertThat(ids.stream().filter(one -> one == 1)).hasSize(165);
    }

    @Test
    void instances_whose_rounds_come_late_or_in_any_order_are_off_by_one_turn_each_at_most() {
        // row 80
        Work there = new Work();
        PoolFixture one = instance(work).with(key(1), key(2));
        PoolFixture two = instance(there).with(key(1), key(2));
        one.ask();
        two.ask();
        work.one();
        there.one();
        Random random = new Random(80);
        long difference = 0;
        for (int i = 0; i < 3_000; i++) {
            if (random.nextInt(9) == 0) {
                work.all();
            }
            if (random.nextInt(5) == 0) {
                there.all();
            }
            difference += id((random.nextInt(3) == 0 ? one : two).take()) == 1 ? 1 : -1;
            assertThat(difference).isBetween(-6L, 6L);
        }
    }

    @Test
    void a_restart_keeps_the_count() {
        // row 80
        PoolFixture before = ready(instance(Work.atOnce()).with(key(1), key(2)));
        assertThat(before.calls(4)).isEqualTo("AAAB");
        before.pool.close();

        assertThat(ready(instance(Work.atOnce()).with(key(1), key(2))).calls(8)).isEqualTo("BBAAABBB");
    }

    @Test
    void a_restart_goes_on_with_a_round_that_the_store_knew_nothing_of() {
        // row 80
        PoolFixture before = instance(work).with(key(1), key(2));
        before.ask();
        work.one();
        assertThat(before.calls(10)).isEqualTo("AAABBBAAAB");
        work.all();
        before.pool.close();

        assertThat(ready(instance(Work.atOnce()).with(key(1), key(2))).calls(8)).isEqualTo("BBAAABBB");
    }

    @Test
    void one_credential_works_alone() {
        // row 80
        assertThat(instance(work).with(key(1), disabled(2)).calls(5)).isEqualTo("AAAAA");
    }

    @Test
    void a_benched_credential_is_skipped() {
        PoolFixture fixture = ready(instance(Work.atOnce()).with(key(1), key(2), key(3)));
        assertThat(fixture.calls(3)).isEqualTo("AAA");
        fixture.refuse(fixture.take(), 401);

        assertThat(fixture.calls(6)).isEqualTo("CCCAAA");
    }

    @Test
    void two_instances_share_the_turns() {
        PoolFixture one = ready(instance(Work.atOnce()).with(key(1), key(2)));
        PoolFixture two = ready(instance(Work.atOnce()).with(key(1), key(2)));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            all.append(one.calls(3)).append(two.calls(3));
        }

        assertThat(all.chars().filter(letter -> letter == 'A').count()).isBetween(297L, 303L);
    }

    @Test
    void goes_on_alone_while_the_store_is_away() {
        PoolFixture fixture = ready(instance(Work.atOnce()).with(key(1), key(2)));
        store.away = true;
        assertThat(fixture.calls(9)).isEqualTo("AAABBBAAA");

        store.away = false;
        fixture.time.pass(Duration.ofSeconds(2));
        assertThat(fixture.calls(30).chars().filter(letter -> letter == 'B').count())
                .isBetween(15L, 18L);
    }

    /** The first call asks for the first turn. */
    private static PoolFixture ready(PoolFixture fixture) {
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        return fixture;
    }
}
