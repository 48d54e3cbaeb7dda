package dev.mehari.storage.ledger;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which leases the next round trip is to renew, and what its answer means for them. Used by the batcher's thread. */
final class Renewals {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);
    private static final int MOST = 1_000;

    private final LeaseBook book;
    private final LedgerCount count;
    private final long afterNanos;
    private final long tickNanos;

    private volatile boolean isAsked;
    private long nextScan;
    private long scanBefore;
    private boolean isScanning;

    /**
     * None is due before {@link #start}.
     *
     * @param afterNanos age at which a lease is renewed
     * @param tickNanos time between looking for such leases
     */
    Renewals(LeaseBook book, LedgerCount count, long afterNanos, long tickNanos) {
        this.book = book;
        this.count = count;
        this.afterNanos = afterNanos;
        this.tickNanos = tickNanos;
    }

    void start(long now) {
        nextScan = now;
    }

    /** All are to be renewed at once. Any thread. */
    void ask() {
        isAsked = true;
    }

    boolean isAsked() {
        return isAsked;
    }

    /** At most as many as one round trip takes; the others are due in the next. */
    List<Held> due(long now) {
        if (isAsked) {
            isAsked = false;
            isScanning = true;
            scanBefore = now;
        } else if (!isScanning && now - nextScan >= 0) {
            nextScan = now + tickNanos;
            isScanning = true;
            scanBefore = now - afterNanos;
        }
        if (!isScanning) {
            return List.of();
        }
        List<Held> due = book.renewedBefore(scanBefore, MOST);
        isScanning = due.size() == MOST;
        return due;
    }

    /** The database, asked at {@code sent}, has {@code lease} still, or no longer. */
    void answered(Held lease, boolean isHeld, long sent) {
        if (isHeld) {
            lease.renewed(sent);
        } else if (lease.lost()) {
            count.lost.increment();
            LOG.warn("Lease {} of key {} is gone while its call runs; the call ends", lease.id(), lease.keyId());
        }
    }
}
