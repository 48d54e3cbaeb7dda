package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.credential.CredentialStore.Bench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoolLoaderTest {
    private final FakeCredentialStore store = new FakeCredentialStore();
    private final Work work = new Work();
    private final PoolFixture fixture = new PoolFixture(store, work, Adaptive.OFF, false);
    private final PoolLoader loader =
            new PoolLoader(fixture.pool, store, () -> BenchRules.DEFAULT.all(), work, fixture.time);

    @Test
    void changes_that_come_while_one_is_read_are_read_once_more() {
        store.credentials.add(key(1));
        loader.changed();
        loader.changed();
        loader.changed();
        assertThat(work.waiting()).isEqualTo(1);

        work.all();

        assertThat(fixture.pool.views()).hasSize(1);
    }

    @Test
    void a_change_while_one_is_read_is_read_once_that_is_over() {
        List<PoolLoader> told = new ArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        PoolLoader busy = new PoolLoader(
                fixture.pool,
                store,
                () -> {
                    reads.incrementAndGet();
                    told.forEach(PoolLoader::changed);
                    told.forEach(PoolLoader::changed);
                    told.clear();
                    assertThat(work.waiting()).as("reads beside this one").isZero();
                    return BenchRules.DEFAULT.all();
                },
                work,
                fixture.time);
        told.add(busy);

        busy.changed();
        work.all();

        assertThat(reads).hasValue(2);
    }

    @Test
    void what_could_not_be_read_is_read_later() {
        store.credentials.add(key(1));
        store.away = true;
        loader.changed();
        work.all();
        assertThat(fixture.pool.views()).isEmpty();

        store.away = false;
        loader.retry();
        work.all();
        loader.retry();

        assertThat(fixture.pool.views()).hasSize(1);
        assertThat(work.waiting()).isZero();
    }

    @Test
    void benches_alone_are_read_alone() {
        store.credentials.add(key(1));
        loader.changed();
        work.all();
        AtomicInteger loads = store.loads;
        int before = loads.get();
        store.benches.put(
                new FakeCredentialStore.BenchKey(1, ""),
                new Bench(
                        1,
                        "",
                        "x",
                        503,
                        fixture.time.instant(),
                        fixture.time.instant().plusSeconds(9)));
        fixture.time.pass(Duration.ofMillis(1));
        loader.benched();
        loader.benched();
        work.all();
        assertThat(fixture.pool.views().get(0).state()).isEqualTo(CredentialView.State.BENCHED);

        store.benches.clear();
        store.away = true;
        loader.benched();
        work.all();
        store.away = false;
        loader.retry();
        work.all();

        assertThat(fixture.pool.views().get(0).state()).isEqualTo(CredentialView.State.USABLE);
        assertThat(loads).hasValue(before);
    }

    @Test
    void a_change_that_comes_with_benches_is_read_whole() {
        store.credentials.add(key(1));
        loader.benched();
        loader.changed();
        work.all();

        assertThat(fixture.pool.views()).hasSize(1);
    }

    @Test
    void judges_by_the_rules_that_the_store_has() throws Exception {
        PoolLoader lenient = new PoolLoader(fixture.pool, store, List::of, work, fixture.time);
        store.credentials.add(key(1));
        lenient.load();

        fixture.refuse(fixture.take(), 503);

        assertThat(fixture.ask()).isInstanceOf(Taking.Taken.class);
    }
}
