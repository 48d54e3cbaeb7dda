package dev.mehari.limits;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A lease of {@link MemoryLedger}: what was reserved, and in which windows. Its account guards all that changes. */
final class MemoryLease implements Lease {
    /** It does not lapse, for it cannot outlive its holder. */
    private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

    final long id;
    final long grantedMillis;
    final Runnable onLost;
    final long minute;
    final long tokens;
    final long day;
    final long week;
    private final KeyAccount account;

    Charge reserved;
    boolean isHeld = true;
    boolean isSettled;

    @Nullable
    MemoryLease previous;

    @Nullable
    MemoryLease next;

    MemoryLease(
            KeyAccount account,
            long id,
            long grantedMillis,
            LimitRequest request,
            long minute,
            long tokens,
            long day,
            long week) {
        this.account = account;
        this.id = id;
        this.grantedMillis = grantedMillis;
        this.reserved = request.estimate();
        this.onLost = request.onLost();
        this.minute = minute;
        this.tokens = tokens;
        this.day = day;
        this.week = week;
    }

    @Override
    public void settle(Charge used) {
        account.settle(this, used);
    }

    LeaseState state() {
        return new LeaseState(id, account.keyId(), 0, Instant.ofEpochMilli(grantedMillis), NEVER, 1, reserved);
    }
}
