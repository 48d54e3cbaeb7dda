package dev.mehari.limits;

import dev.mehari.limits.LimitDecision.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one key has used, and the leases on it, in the order in which they were granted. Each method holds the account's
 * lock, for well under a microsecond where calls are decided, and calls nobody.
 */
final class KeyAccount {
    private static final long MINUTE = 60_000;
    private static final long DAY = 86_400_000;
    private static final long WEEK = 7 * DAY;
    /** 1970-01-05 was the first Monday. */
    private static final long MONDAY = 4 * DAY;

    private static final long UNTRACKED = Long.MIN_VALUE;

    private final long keyId;
    private final WindowCounter requests = new WindowCounter(0);
    private final WindowCounter minute = new WindowCounter(0);
    private final WindowCounter tokens = new WindowCounter(0);
    private final WindowCounter day = new WindowCounter(0);
    private final WindowCounter week = new WindowCounter(MONDAY);
    private long total;
    private KeyLimits limits = KeyLimits.NONE;
    private @Nullable MemoryLease first;
    private @Nullable MemoryLease last;
    private int active;
    private int unsettled;
    private boolean changed;
    private boolean forgotten;

    KeyAccount(long keyId, long total) {
        this.keyId = keyId;
        this.total = total;
    }

    long keyId() {
        return keyId;
    }

    /** The decision; null when this account was forgotten, so that another one counts. */
    synchronized @Nullable LimitDecision decide(LimitRequest request, long now, long leaseId) {
        if (forgotten) {
            return null;
        }
        apply(request.key().limits(), now);
        Refused refusal = refusal(request.estimate());
        return refusal == null ? new LimitDecision.Granted(grant(request, now, leaseId)) : refusal;
    }

    /** As {@link #decide}, but always granted. */
    synchronized @Nullable Lease force(LimitRequest request, long now, long leaseId) {
        if (forgotten) {
            return null;
        }
        apply(request.key().limits(), now);
        return grant(request, now, leaseId);
    }

    synchronized void settle(MemoryLease lease, Charge used) {
        if (lease.isSettled) {
            return;
        }
        lease.isSettled = true;
        unsettled--;
        if (lease.isHeld) {
            unlink(lease);
        }
        correct(lease, used);
    }

    /** Gives the slot and the reservation back; what the call is settled with later is charged. False when it has ended. */
    synchronized boolean takeBack(MemoryLease lease) {
        if (!lease.isHeld) {
            return false;
        }
        unlink(lease);
        correct(lease, Charge.NONE);
        return true;
    }

    synchronized List<MemoryLease> leases() {
        List<MemoryLease> all = new ArrayList<>(active);
        for (MemoryLease lease = first; lease != null; lease = lease.next) {
            all.add(lease);
        }
        return all;
    }

    synchronized List<KeyUse> use(KeyLimits current, long now) {
        apply(current, now);
        WindowLimit perWindow = current.requests();
        WindowLimit tokensPerWindow = current.tokens();
        return List.of(
                new KeyUse(LimitKind.CONCURRENCY, active, current.concurrency(), null),
                use(LimitKind.REQUESTS, requests, perWindow == null ? 0 : perWindow.most()),
                use(LimitKind.TOKENS_PER_MINUTE, minute, current.tokensPerMinute()),
                use(LimitKind.TOKENS, tokens, tokensPerWindow == null ? 0 : tokensPerWindow.most()),
                use(LimitKind.COST_DAILY, day, current.dailyNanoDollars()),
                use(LimitKind.COST_WEEKLY, week, current.weeklyNanoDollars()),
                new KeyUse(LimitKind.COST_TOTAL, total, current.totalNanoDollars(), null));
    }

    /** What there is to be kept since the last time; null when nothing changed. */
    synchronized @Nullable KeyCounters takeChanges() {
        if (!changed) {
            return null;
        }
        changed = false;
        return new KeyCounters(
                keyId, requests.state(), minute.state(), tokens.state(), day.state(), week.state(), total);
    }

    /** What was taken could not be kept. */
    synchronized void keepLater() {
        changed = true;
    }

    synchronized void restore(KeyCounters counters, long now) {
        requests.restore(counters.requests(), now);
        minute.restore(counters.minute(), now);
        tokens.restore(counters.tokens(), now);
        day.restore(counters.day(), now);
        week.restore(counters.week(), now);
        total = counters.total();
    }

    /** Ends this account if it holds nothing but {@link #total}; it decides nothing any more then. */
    synchronized boolean forget(long now) {
        forgotten = unsettled == 0
                && !changed
                && requests.isOver(now)
                && minute.isOver(now)
                && tokens.isOver(now)
                && day.isOver(now)
                && week.isOver(now);
        return forgotten;
    }

    synchronized long total() {
        return total;
    }

    private void apply(KeyLimits current, long now) {
        limits = current;
        WindowLimit perWindow = current.requests();
        if (perWindow != null) {
            requests.moveTo(now, perWindow.window().toMillis());
        }
        minute.moveTo(now, MINUTE);
        WindowLimit tokensPerWindow = current.tokens();
        if (tokensPerWindow != null) {
            tokens.moveTo(now, tokensPerWindow.window().toMillis());
        }
        day.moveTo(now, DAY);
        week.moveTo(now, WEEK);
    }

    private @Nullable Refused refusal(Charge estimate) {
        KeyLimits most = limits;
        if (most.concurrency() > 0 && active >= most.concurrency()) {
            return new Refused(LimitKind.CONCURRENCY, active, most.concurrency(), null);
        }
        WindowLimit perWindow = most.requests();
        WindowLimit tokensPerWindow = most.tokens();
        Refused refusal = null;
        if (perWindow != null) {
            refusal = refusal(LimitKind.REQUESTS, requests, 1, perWindow.most());
        }
        if (refusal == null) {
            refusal = refusal(LimitKind.TOKENS_PER_MINUTE, minute, estimate.tokens(), most.tokensPerMinute());
        }
        if (refusal == null && tokensPerWindow != null) {
            refusal = refusal(LimitKind.TOKENS, tokens, estimate.tokens(), tokensPerWindow.most());
        }
        if (refusal == null && most.hasBudget()) {
            refusal = overBudget(estimate.nanoDollars(), most);
        }
        return refusal;
    }

    private @Nullable Refused overBudget(long estimate, KeyLimits most) {
        Refused refusal = refusal(LimitKind.COST_DAILY, day, estimate, most.dailyNanoDollars());
        if (refusal == null) {
            refusal = refusal(LimitKind.COST_WEEKLY, week, estimate, most.weeklyNanoDollars());
        }
        long budget = most.totalNanoDollars();
        if (refusal == null && budget > 0 && total > budget - Math.max(1, estimate)) {
            refusal = new Refused(LimitKind.COST_TOTAL, total, budget, null);
        }
        return refusal;
    }

    /** Null when {@code amount} more fit, or when {@code most} is 0 for no limit. */
    private static @Nullable Refused refusal(LimitKind kind, WindowCounter counter, long amount, long most) {
        return most == 0 || counter.hasRoom(amount, most)
                ? null
                : new Refused(kind, counter.used(), most, Instant.ofEpochMilli(counter.resetMillis()));
    }

    private static KeyUse use(LimitKind kind, WindowCounter counter, long most) {
        return new KeyUse(kind, counter.used(), most, Instant.ofEpochMilli(counter.resetMillis()));
    }

    private MemoryLease grant(LimitRequest request, long now, long leaseId) {
        Charge estimate = request.estimate();
        if (limits.requests() != null) {
            requests.add(1);
        }
        minute.add(estimate.tokens());
        boolean counted = limits.tokens() != null;
        if (counted) {
            tokens.add(estimate.tokens());
        }
        day.add(estimate.nanoDollars());
        week.add(estimate.nanoDollars());
        total = WindowCounter.sum(total, estimate.nanoDollars());
        changed = true;
        MemoryLease lease = new MemoryLease(
                this,
                leaseId,
                now,
                request,
                minute.number(),
                counted ? tokens.number() : UNTRACKED,
                day.number(),
                week.number());
        link(lease);
        return lease;
    }

    private void correct(MemoryLease lease, Charge used) {
        long moreTokens = used.tokens() - lease.reserved.tokens();
        long moreMoney = used.nanoDollars() - lease.reserved.nanoDollars();
        minute.correct(lease.minute, moreTokens);
        tokens.correct(lease.tokens, moreTokens);
        day.correct(lease.day, moreMoney);
        week.correct(lease.week, moreMoney);
        total = WindowCounter.sum(total, moreMoney);
        lease.reserved = Charge.NONE;
        changed = true;
    }

    private void link(MemoryLease lease) {
        lease.previous = last;
        if (last == null) {
            first = lease;
        } else {
            last.next = lease;
        }
        last = lease;
        active++;
        unsettled++;
    }

    private void unlink(MemoryLease lease) {
        MemoryLease before = lease.previous;
        MemoryLease after = lease.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        lease.previous = null;
        lease.next = null;
        lease.isHeld = false;
        active--;
    }
}
