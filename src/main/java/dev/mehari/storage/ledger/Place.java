package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The place of a call that has ended, among those that its key may have at once: taken either by the next call, which goes on
 * under the same lease, or to be settled. Any thread.
 */
final class Place {
    private final Held lease;
    private final Charge used;
    private final AtomicBoolean isTaken = new AtomicBoolean();

    /**
     * @param lease that the database has granted for it
     * @param used by the call that it was granted for
     */
    Place(Held lease, Charge used) {
        this.lease = lease;
        this.used = used;
    }

    /** True for the first to ask. */
    boolean take() {
        return isTaken.compareAndSet(false, true);
    }

    boolean isTaken() {
        return isTaken.get();
    }

    /** The same place, free once more. */
    Place again() {
        return new Place(lease, used);
    }

    /** Of a place that nobody has. */
    Settlement settlement() {
        return Settlement.ofCall(lease.keyId(), lease.id(), used);
    }

    /** Of a place that {@code call} has, which goes on with a lease of its own. */
    Settlement settlement(Held call) {
        return new Settlement(lease.keyId(), lease.id(), 1, used.plus(call.reserved()), List.of(call));
    }
}
