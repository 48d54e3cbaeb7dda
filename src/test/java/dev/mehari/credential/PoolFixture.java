package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig;
import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.exchange.Conversation;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pool on a store in memory, with time that stands still. */
final class PoolFixture implements PoolObserver {
    final TestTime time = new TestTime();
    final FakeCredentialStore store;
    final Work work;
    final List<String> seen = new ArrayList<>();
    final List<Runnable> refreshes = new ArrayList<>();
    final CredentialPool pool;
    Upstream up = Credentials.upstream("up");

    PoolFixture() {
        this(new FakeCredentialStore(), Work.atOnce(), Adaptive.OFF, false);
    }

    PoolFixture(FakeCredentialStore store, Work work, Adaptive adaptive, boolean ban) {
        this.store = store;
        this.work = work;
        pool = new CredentialPool(
                store,
                work,
                (id, then) -> refreshes.add(then),
                new CredentialConfig(
                        null, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(5), adaptive, ban),
                time,
                time::nanos,
                this);
    }

    PoolFixture with(Credential... credentials) {
        store.credentials.clear();
        store.credentials.addAll(List.of(credentials));
        for (Credential one : credentials) {
            if (one.dailyQuota() > 0) {
                store.quota(one.id(), one.dailyQuota());
            }
        }
        pool.reload(List.of(credentials), List.copyOf(store.benches.values()), pool.unwritten());
        return this;
    }

    PoolFixture choosing(Choice choice, int rotationCalls) {
        up = Credentials.upstream("up", choice, rotationCalls, 0);
        return this;
    }

    Taking ask() {
        return pool.take(List.of(up), null, null, new AttemptLog());
    }

    Taking ask(String model) {
        return pool.take(List.of(up), model, null, new AttemptLog());
    }

    Attempt take() {
        return taken(ask());
    }

    Attempt take(String model) {
        return taken(ask(model));
    }

    Attempt talk(String conversation) {
        return taken(pool.take(List.of(up), null, new Conversation(conversation.hashCode(), false), new AttemptLog()));
    }

    static Attempt taken(Taking taking) {
        assertThat(taking).isInstanceOf(Taking.Taken.class);
        return ((Taking.Taken) taking).attempt();
    }

    static long id(Attempt attempt) {
        return attempt.credential() == null ? 0 : attempt.credential().id();
    }

    /** A whole call that is answered well. */
    long call() {
        Attempt attempt = take();
        pool.succeeded(attempt);
        return id(attempt);
    }

    String calls(int count) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < count; i++) {
            letters.append((char) ('A' + call() - 1));
        }
        return letters.toString();
    }

    void refuse(Attempt attempt, int status) {
        pool.refused(attempt, new Answer(status, Map.of(), new byte[0]));
    }

    Bench bench(long credential, String model) {
        return store.benches.get(new FakeCredentialStore.BenchKey(credential, model));
    }

    /** For how long it is benched, as the store has it. */
    Duration benched(long credential, String model) {
        Bench bench = bench(credential, model);
        return bench == null ? Duration.ZERO : Duration.between(time.instant(), bench.until());
    }

    @Override
    public void ended(String upstream, Outcome outcome) {
        seen.add(outcome.name());
    }

    @Override
    public void returned(Credential credential, String model) {
        seen.add("returned " + credential.id());
    }
}
