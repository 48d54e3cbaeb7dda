package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.exchange.Conversation;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever happens, in whatever order. Each step of a run is a number: what to do, and to whom. */
class CredentialPoolProperties {
    private static final int[] STATUSES = {401, 429, 500, 503, 529};

    @Property(tries = 200)
    void never_a_benched_one_never_two_trials_never_more_than_a_cap(
            @ForAll Choice choice, @ForAll @Size(max = 150) List<@IntRange(max = 99_999) Integer> steps) {
        PoolFixture fixture = new PoolFixture().choosing(choice, 2);
        fixture.with(
                Credentials.limited(1, 2), Credentials.limited(2, 3), Credentials.limited(3, 1), Credentials.key(4));
        Map<Long, Instant> benchedUntil = new HashMap<>();
        Map<Long, Attempt> trials = new HashMap<>();
        List<Attempt> open = new ArrayList<>();
        for (int step : steps) {
            int who = step / 10;
            switch (step % 10) {
                case 0, 1, 2, 3, 4 -> {
                    Conversation conversation = who % 3 == 0 ? null : new Conversation(who % 5, who % 2 == 0);
                    Taking taking = fixture.pool.take(List.of(fixture.up), null, conversation, new AttemptLog());
                    if (taking instanceof Taking.Taken taken) {
                        Attempt attempt = taken.attempt();
                        long id = PoolFixture.id(attempt);
                        Instant until = benchedUntil.get(id);
                        if (until != null) {
                            assertThat(until).isBeforeOrEqualTo(fixture.time.instant());
                            assertThat(trials.put(id, attempt)).isNull();
                        }
                        open.add(attempt);
                    }
                }
                case 5, 6 -> {
                    if (!open.isEmpty()) {
                        Attempt attempt = open.remove(who % open.size());
                        fixture.pool.succeeded(attempt);
                        attempt.end();
                        if (trials.remove(PoolFixture.id(attempt), attempt)) {
                            benchedUntil.remove(PoolFixture.id(attempt));
                        }
                    }
                }
                case 7 -> {
                    if (!open.isEmpty()) {
                        Attempt attempt = open.remove(who % open.size());
                        long id = PoolFixture.id(attempt);
                        fixture.refuse(attempt, STATUSES[who % STATUSES.length]);
                        Instant until = fixture.bench(id, "").until();
                        if (!until.equals(benchedUntil.put(id, until)) || trials.get(id) == attempt) {
                            trials.remove(id);
                        }
                    }
                }
                case 8 -> {
                    if (!open.isEmpty()) {
                        Attempt attempt = open.remove(who % open.size());
                        attempt.end();
                        attempt.end();
                        trials.remove(PoolFixture.id(attempt), attempt);
                    }
                }
                default -> fixture.time.pass(Duration.ofSeconds(who % 400));
            }
            for (CredentialView view : fixture.pool.views()) {
                long id = view.credential().id();
                assertThat((long) view.inFlight())
                        .isEqualTo(open.stream()
                                .filter(one -> PoolFixture.id(one) == id)
                                .count());
                assertThat(view.cap() == 0 || view.inFlight() <= view.cap()).isTrue();
            }
        }
    }

    @Property(tries = 100)
    void turns_are_exact_however_the_store_lags(
            @ForAll @IntRange(min = 2, max = 5) int members,
            @ForAll @IntRange(min = 1, max = 7) int calls,
            @ForAll @Size(min = 50, max = 200) List<@IntRange(max = 3) Integer> steps) {
        FakeCredentialStore store = new FakeCredentialStore();
        PoolFixture fixture = new PoolFixture(store, new Work(), Adaptive.OFF, false).choosing(Choice.ROTATION, calls);
        Credential[] all = new Credential[members];
        for (int i = 0; i < members; i++) {
            all[i] = Credentials.key(i + 1);
        }
        fixture.with(all);
        fixture.ask();
        fixture.work.all();
        int made = 0;
        for (int step : steps) {
            if (step == 0 && fixture.work.waiting() > 0) {
                fixture.work.one();
            } else {
                assertThat(fixture.call()).isEqualTo(1 + (made / calls) % members);
                made++;
            }
        }
    }
}
