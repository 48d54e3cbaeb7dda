package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory, for all pools of a test, which can be away. */
final class FakeCredentialStore implements CredentialStore {
    record BenchKey(long credential, String model) {}

    final List<Credential> credentials = new ArrayList<>();
    final Map<BenchKey, Bench> benches = new LinkedHashMap<>();
    final List<String> released = new ArrayList<>();
    final Map<Long, String> disabled = new HashMap<>();
    final Map<Long, CredentialUse> uses = new HashMap<>();
    final Map<Long, Long> quotaUsed = new HashMap<>();
    private final Map<Long, Long> quotas = new HashMap<>();
    private final Deque<Turn> left = new ArrayDeque<>();
    private long nextTurn;
    final AtomicInteger loads = new AtomicInteger();
    Runnable whileDisabling = () -> {};
    boolean away;

    void quota(long credential, long calls) {
        quotas.put(credential, calls);
    }

    private void reach() throws StorageUnavailable {
        if (away) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
    }

    @Override
    public synchronized List<Credential> load() throws StorageUnavailable {
        reach();
        loads.incrementAndGet();
        return List.copyOf(credentials);
    }

    @Override
    public synchronized List<Bench> benches(Instant now) throws StorageUnavailable {
        reach();
        return List.copyOf(benches.values());
    }

    @Override
    public synchronized void bench(Collection<Bench> some) throws StorageUnavailable {
        reach();
        some.forEach(one -> benches.merge(
                new BenchKey(one.credential(), one.model()),
                one,
                (a, b) -> b.until().isAfter(a.until()) ? b : a));
    }

    @Override
    public synchronized void release(long credential, String model, Instant began) throws StorageUnavailable {
        reach();
        Bench present = benches.get(new BenchKey(credential, model));
        if (present != null && !present.since().isAfter(began)) {
            benches.remove(new BenchKey(credential, model));
        }
        released.add(credential + "/" + model);
    }

    @Override
    public synchronized void forgetBenches(Instant endedBefore) throws StorageUnavailable {
        reach();
        benches.values().removeIf(one -> one.until().isBefore(endedBefore));
    }

    @Override
    public synchronized void disable(long credential, String reason) throws StorageUnavailable {
        reach();
        whileDisabling.run();
        disabled.put(credential, reason);
    }

    @Override
    public synchronized void add(Collection<CredentialUse> some) throws StorageUnavailable {
        reach();
        some.forEach(one -> uses.merge(
                one.credential(),
                one,
                (a, b) -> new CredentialUse(
                        a.credential(),
                        a.calls() + b.calls(),
                        a.successes() + b.successes(),
                        a.failures() + b.failures(),
                        b.lastUsed(),
                        b.lastSuccess() == null ? a.lastSuccess() : b.lastSuccess(),
                        b.lastFailure(),
                        b.lastStatus(),
                        b.lastError())));
    }

    @Override
    public synchronized long takeQuota(long credential, long calls, Instant now) throws StorageUnavailable {
        reach();
        long used = quotaUsed.getOrDefault(credential, 0L);
        long taken = Math.min(calls, quotas.getOrDefault(credential, Long.MAX_VALUE / 2) - used);
        quotaUsed.put(credential, used + taken);
        return taken;
    }

    @Override
    public synchronized List<Turn> takeTurns(String upstream, int calls, int turns) throws StorageUnavailable {
        reach();
        Turn rest = left.poll();
        if (rest != null) {
            return List.of(rest);
        }
        List<Turn> next = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            next.add(new Turn(nextTurn++, calls));
        }
        return next;
    }

    @Override
    public synchronized void giveBackTurns(String upstream, List<Turn> turns) throws StorageUnavailable {
        reach();
        left.addAll(turns);
    }
}
