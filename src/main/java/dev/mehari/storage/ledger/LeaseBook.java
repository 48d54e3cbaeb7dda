package dev.mehari.storage.ledger;

import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The leases of one instance: held, to be settled in the database, and granted alone, to be entered there. Any thread. */
final class LeaseBook {
    /** A lease's id is {@code owner << 40 | count}; the sequence of owners ends before the sign. */
    private static final int COUNT_BITS = 40;

    private final int owner;
    private final Runnable wake;
    private final WaitingSettlements settlements;
    private final AtomicLong count = new AtomicLong();
    private final Map<Long, Held> held = new ConcurrentHashMap<>();
    private final Queue<Held> grantedAlone = new ConcurrentLinkedQueue<>();

    LeaseBook(int owner, WaitingSettlements settlements, Runnable wake) {
        this.owner = owner;
        this.settlements = settlements;
        this.wake = wake;
    }

    int owner() {
        return owner;
    }

    /** Never used before, by anyone. */
    long nextId() {
        return ((long) owner << COUNT_BITS) | (count.incrementAndGet() & ((1L << COUNT_BITS) - 1));
    }

    /** The database has granted {@code asked}, whose place {@code demand} may pass on. */
    Held granted(long id, Asked asked, long nanos, Lease mirrored, @Nullable KeyDemand demand) {
        return put(new Held(id, asked.request(), nanos, true, mirrored, null, demand, this));
    }

    /** {@code from} has granted {@code call}. */
    Held drawn(LimitRequest call, long nanos, Lease mirrored, Allotment from) {
        return put(new Held(nextId(), call, nanos, false, mirrored, from, null, this));
    }

    /** This instance has granted {@code asked} without the database. */
    Held grantedAlone(Asked asked, long nanos, Lease mirrored) {
        Held lease = put(new Held(nextId(), asked.request(), nanos, false, mirrored, null, null, this));
        grantedAlone.add(lease);
        wake.run();
        return lease;
    }

    private Held put(Held lease) {
        held.put(lease.id(), lease);
        return lease;
    }

    /** {@code settlement} is null while the database does not know of the lease. */
    void ended(Held lease, @Nullable Settlement settlement) {
        held.remove(lease.id());
        if (settlement != null) {
            write(lease, settlement);
        }
    }

    /** Nothing is drawn from {@code allotment} any more. */
    void ended(Allotment allotment) {
        for (Settlement settlement : allotment.end()) {
            settlements.add(settlement, true);
        }
    }

    /** Nobody has {@code place} for now. */
    void free(Place place) {
        settlements.add(place);
    }

    void write(Held lease, Settlement settlement) {
        settlements.add(settlement, lease.isPressing());
    }

    void forget(Held lease) {
        held.remove(lease.id());
    }

    List<Held> takeGrantedAlone(int most) {
        List<Held> taken = new ArrayList<>();
        while (taken.size() < most) {
            Held next = grantedAlone.poll();
            if (next == null) {
                break;
            }
            taken.add(next);
        }
        return taken;
    }

    void enterLater(Collection<Held> leases) {
        grantedAlone.addAll(leases);
    }

    /** Those that the database knows and that were renewed before {@code nanos}; at most so many. */
    List<Held> renewedBefore(long nanos, int most) {
        List<Held> due = new ArrayList<>();
        for (Held lease : held.values()) {
            if (lease.renewedNanos() - nanos < 0 && lease.isEntered()) {
                due.add(lease);
                if (due.size() == most) {
                    break;
                }
            }
        }
        return due;
    }

    List<Held> all() {
        return List.copyOf(held.values());
    }

    int size() {
        return held.size();
    }

    boolean hasGrantedAlone() {
        return !grantedAlone.isEmpty();
    }
}
