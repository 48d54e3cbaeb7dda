package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import org.jspecify.annotations.Nullable;

/**
 * A lease for one call that this instance holds. It is entered once the database has it as such: at once, or, when it was
 * drawn from an allotment, if that ends before it, or, when it was granted alone, once the database is back. Until then its
 * settlement waits for that. Any thread.
 */
final class Held implements Lease {
    /** A key that allows fewer calls at once soon lacks the place of one that has ended. */
    private static final int MANY_CALLS = 16;

    private final long id;
    private final long keyId;
    private final Charge reserved;
    private final boolean isPressing;
    private final long grantedNanos;
    private final Lease mirrored;
    private final @Nullable Allotment allotment;
    private final @Nullable KeyDemand demand;
    private final LeaseBook book;

    private @Nullable Runnable onLost;
    private @Nullable Charge used;
    private boolean isEntered;
    private boolean isLost;
    private volatile long renewedNanos;

    /**
     * @param allotment that it was drawn from, or null
     * @param demand that may pass its place on to the next call, or null
     */
    Held(
            long id,
            LimitRequest request,
            long grantedNanos,
            boolean isEntered,
            Lease mirrored,
            @Nullable Allotment allotment,
            @Nullable KeyDemand demand,
            LeaseBook book) {
        this.id = id;
        this.keyId = request.key().id();
        this.reserved = request.estimate();
        int concurrency = request.key().limits().concurrency();
        this.isPressing = concurrency > 0 && concurrency < MANY_CALLS;
        this.onLost = request.onLost();
        this.grantedNanos = grantedNanos;
        this.allotment = allotment;
        this.demand = demand;
        this.renewedNanos = grantedNanos;
        this.isEntered = isEntered;
        this.mirrored = mirrored;
        this.book = book;
    }

    long id() {
        return id;
    }

    long keyId() {
        return keyId;
    }

    Charge reserved() {
        return reserved;
    }

    /** True when other instances are to know at once that its call has ended. */
    boolean isPressing() {
        return isPressing;
    }

    long grantedNanos() {
        return grantedNanos;
    }

    /** When the round trip that granted or last renewed it began, so that its expiry is later than counted from here. */
    long renewedNanos() {
        return renewedNanos;
    }

    void renewed(long nanos) {
        renewedNanos = nanos;
    }

    synchronized boolean isSettled() {
        return used != null;
    }

    synchronized boolean isEntered() {
        return isEntered;
    }

    @Override
    public void settle(Charge charge) {
        boolean write;
        KeyDemand heir;
        synchronized (this) {
            if (used != null) {
                return;
            }
            used = charge;
            onLost = null;
            write = isEntered;
            heir = isLost ? null : demand;
        }
        mirrored.settle(charge);
        if (allotment != null && allotment.giveBack(this, charge)) {
            book.ended(allotment);
        }
        boolean isKept = heir != null && heir.keep(new Place(this, charge), grantedNanos);
        book.ended(this, write && !isKept ? Settlement.ofCall(keyId, id, charge) : null);
    }

    /** Its call was cut off without a word: what was reserved counts as used. */
    void settleAsReserved() {
        settle(reserved);
    }

    /** The database has it now. */
    void entered() {
        Charge settled;
        synchronized (this) {
            isEntered = true;
            settled = used;
        }
        if (settled != null) {
            book.write(this, Settlement.ofCall(keyId, id, settled));
        }
    }

    /** The database has it no longer, though its call runs. True when the call was told. */
    boolean lost() {
        Runnable call;
        synchronized (this) {
            call = onLost;
            onLost = null;
            isLost = true;
        }
        book.forget(this);
        if (call == null) {
            return false;
        }
        call.run();
        return true;
    }
}
