package dev.mehari.limits;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Keeps account in memory, for one instance: exact, at once and without waiting, on the thread that asks.
 *
 * <p>Every call counts the same way as with the database's ledger: windows are numbered by {@code floor(time / length)},
 * days are UTC's, weeks begin on Monday; refused is what would go beyond a limit together with what is used and reserved,
 * or, with an estimate of zero, what comes after the limit is reached. A lease lasts until it is settled or taken back. The limits
 * that count are those of the latest request.
 *
 * <p>A key's account is made with its first call, and dropped by {@link #forgetIdle} once it has no lease and all its
 * windows are over; only what it has spent in total is remembered for good. All methods may be called from any thread; the
 * lock of one key is held for well under a microsecond at a time, never across a call to others.
 */
public final class MemoryLedger implements LimitLedger, LedgerOffice {
    private final Clock clock;
    private final Map<Long, KeyAccount> accounts = new ConcurrentHashMap<>();
    /** Of keys without an account, in nano-dollars. */
    private final Map<Long, Long> totals = new ConcurrentHashMap<>();

    private final AtomicLong lastLease = new AtomicLong();

    public MemoryLedger(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void acquire(LimitRequest request, Consumer<LimitDecision> answer) {
        answer.accept(decide(request));
    }

    /** As {@link #acquire}, with the answer as the result; never {@link LimitDecision.Unavailable}. */
    public LimitDecision decide(LimitRequest request) {
        long now = clock.millis();
        long lease = lastLease.incrementAndGet();
        LimitDecision decision;
        do {
            decision = account(request.key().id()).decide(request, now, lease);
        } while (decision == null);
        return decision;
    }

    /** Grants and charges whatever the limits say: what another ledger has granted already, or what cannot be refused. */
    public Lease force(LimitRequest request) {
        long now = clock.millis();
        long id = lastLease.incrementAndGet();
        Lease lease;
        do {
            lease = account(request.key().id()).force(request, now, id);
        } while (lease == null);
        return lease;
    }

    /** Never empty: a key that has used nothing is as good as any. */
    @Override
    public List<KeyUse> use(LimitedKey key) {
        KeyAccount account = accounts.get(key.id());
        return (account == null ? unused(key.id()) : account).use(key.limits(), clock.millis());
    }

    @Override
    public List<LeaseState> leases() {
        return accounts.values().stream()
                .flatMap(account -> account.leases().stream())
                .map(MemoryLease::state)
                .sorted(Comparator.comparing(LeaseState::grantedAt).thenComparing(LeaseState::id))
                .toList();
    }

    @Override
    public int takeBack(long keyId) {
        KeyAccount account = accounts.get(keyId);
        return account == null ? 0 : takeBack(account, account.leases());
    }

    @Override
    public boolean takeBackLease(long leaseId) {
        for (KeyAccount account : accounts.values()) {
            for (MemoryLease lease : account.leases()) {
                if (lease.id == leaseId) {
                    return takeBack(account, List.of(lease)) == 1;
                }
            }
        }
        return false;
    }

    private static int takeBack(KeyAccount account, List<MemoryLease> leases) {
        int taken = 0;
        for (MemoryLease lease : leases) {
            if (account.takeBack(lease)) {
                taken++;
                lease.onLost.run();
            }
        }
        return taken;
    }

    /** Drops the accounts of keys that have nothing to lose. Takes a moment with many keys: not for an event loop. */
    public void forgetIdle() {
        long now = clock.millis();
        for (Long key : accounts.keySet()) {
            accounts.computeIfPresent(key, (id, account) -> {
                if (!account.forget(now)) {
                    return account;
                }
                if (account.total() > 0) {
                    totals.put(id, account.total());
                } else {
                    totals.remove(id);
                }
                return null;
            });
        }
    }

    /** Accounts that are kept now. */
    public int accounts() {
        return accounts.size();
    }

    /** The counters of keys that have changed since the last time; see {@link #keepLater}. */
    public List<KeyCounters> takeChanges() {
        List<KeyCounters> changed = new ArrayList<>();
        for (KeyAccount account : accounts.values()) {
            KeyCounters counters = account.takeChanges();
            if (counters != null) {
                changed.add(counters);
            }
        }
        return changed;
    }

    /** {@code changes} could not be kept: the next {@link #takeChanges} tells of these keys again. */
    public void keepLater(Collection<KeyCounters> changes) {
        for (KeyCounters counters : changes) {
            account(counters.keyId()).keepLater();
        }
    }

    /** Goes on from {@code counters}; counters of windows that are over count as zero. Before the first call only. */
    public void restore(Collection<KeyCounters> counters) {
        long now = clock.millis();
        counters.forEach(one -> account(one.keyId()).restore(one, now));
        forgetIdle();
    }

    @Override
    public void close() {
        for (KeyAccount account : accounts.values()) {
            account.leases().forEach(lease -> lease.settle(Charge.NONE));
        }
    }

    private KeyAccount account(long keyId) {
        KeyAccount account = accounts.get(keyId);
        return account == null ? accounts.computeIfAbsent(keyId, this::unused) : account;
    }

    private KeyAccount unused(long keyId) {
        return new KeyAccount(keyId, totals.getOrDefault(keyId, 0L));
    }
}
