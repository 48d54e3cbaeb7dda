package dev.mehari.storage.ledger;

import dev.mehari.limits.LimitRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The allotments of this instance, by key. Most calls of keys that are often asked for are granted from them, on the caller's
 * thread, without a round trip. Any thread draws and ends, the batcher's does the rest.
 */
final class Allotments {
    private static final int MOST_REQUESTS = 500;
    private static final long TIDY_NANOS = Duration.ofMillis(50).toNanos();
    /** When all are over at once, as with a window, they are ended over so much time, or over so small a part of a lease. */
    private static final long LONGEST_SPREAD_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int SPREAD_PART = 20;
    private static final int FEWEST_ENDS = 20;

    private final LeaseBook book;
    private final Mirror mirror;
    private final Runnable wake;
    private final Duration lease;
    private final LongSupplier nanos;
    private final long spreadNanos;
    private final Map<Long, KeyDemand> demands = new ConcurrentHashMap<>();
    private final Queue<AllotmentRequest> requests = new ConcurrentLinkedQueue<>();
    private long nextTidy;
    /** Nobody could call back what it has: no more are asked for. */
    private volatile boolean isDeaf;

    private volatile boolean isClosing;

    Allotments(LeaseBook book, Mirror mirror, Runnable wake, Duration lease, LongSupplier nanos) {
        this.book = book;
        this.mirror = mirror;
        this.wake = wake;
        this.lease = lease;
        this.nanos = nanos;
        spreadNanos = Math.max(1, Math.min(LONGEST_SPREAD_NANOS, lease.toNanos() / SPREAD_PART));
        nextTidy = nanos.getAsLong();
    }

    /** A lease for {@code call}, null when the database has to be asked for it. */
    @Nullable
    Held draw(LimitRequest call) {
        long now = nanos.getAsLong();
        long keyId = call.key().id();
        KeyDemand demand = demands.get(keyId);
        if (demand == null) {
            demand = demands.computeIfAbsent(keyId, id -> new KeyDemand(id, book, lease, now));
        }
        Held drawn = demand.draw(call, mirror::granted, now);
        AllotmentRequest request = isDeaf ? null : demand.request(call, now);
        if (request != null) {
            requests.add(request);
            if (drawn != null) {
                wake.run();
            }
        }
        return drawn;
    }

    /** The same for a call that waits for the next round trip, which something of its key may have come back for since. */
    @Nullable
    Held drawAgain(LimitRequest call) {
        KeyDemand demand = demands.get(call.key().id());
        return demand == null ? null : demand.drawAgain(call, mirror::granted, nanos.getAsLong());
    }

    /** To be settled with a request for a call that none of them was of use for. */
    List<Settlement> takeFreePlaces(long keyId) {
        KeyDemand demand = demands.get(keyId);
        return demand == null ? List.of() : demand.takeFreePlaces();
    }

    /** Of a key that is called for here. */
    @Nullable
    KeyDemand demand(long keyId) {
        return demands.get(keyId);
    }

    boolean hasRequests() {
        return !requests.isEmpty();
    }

    /** To be asked for in the round trip that carries all that is to be settled by then. */
    List<AllotmentRequest> takeRequests() {
        List<AllotmentRequest> taken = new ArrayList<>();
        while (taken.size() < MOST_REQUESTS) {
            AllotmentRequest next = requests.poll();
            if (next == null) {
                break;
            }
            next.demand().makeRoom();
            taken.add(next);
        }
        return taken;
    }

    /** {@code part} of {@code request}, by a round trip that began at {@code sent}. */
    void granted(AllotmentRequest request, AllotmentRequest part, long id, long sent, long millis) {
        KeyDemand demand = request.demand();
        demand.granted(request, part, id, sent, millis);
        if (isClosing || isDeaf) {
            demand.end();
        }
    }

    void refused(AllotmentRequest request) {
        request.demand().refused(nanos.getAsLong());
    }

    /** Others need what this instance has of the key. */
    void callBack(long keyId) {
        KeyDemand demand = demands.get(keyId);
        if (demand != null) {
            demand.callBack(nanos.getAsLong());
        }
    }

    /** True while this instance hears of {@link #callBack}. */
    void canBeCalledBack(boolean hears) {
        isDeaf = !hears;
    }

    void endAll() {
        demands.values().forEach(KeyDemand::end);
    }

    /** All end, and no more are granted. */
    void close() {
        isClosing = true;
        endAll();
    }

    /** Ends what is over or idle, when it is time to look. */
    void tidy() {
        long now = nanos.getAsLong();
        if (now - nextTidy >= 0) {
            nextTidy = now + TIDY_NANOS;
            int most = (int) Math.max(FEWEST_ENDS, demands.size() * TIDY_NANOS / spreadNanos);
            for (KeyDemand demand : demands.values()) {
                if (most > 0 && demand.endIfOver(now)) {
                    most--;
                }
                demand.drain(now);
            }
            demands.values().removeIf(demand -> demand.forget(now));
        }
    }

    /** Until it is time to look for what is over; {@link Long#MAX_VALUE} when there is nothing. */
    long nanosLeft() {
        return demands.isEmpty() ? Long.MAX_VALUE : nextTidy - nanos.getAsLong();
    }
}
