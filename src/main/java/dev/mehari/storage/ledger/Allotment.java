package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one key that the database has granted ahead, so that this instance grants them by itself. In the database it is one
 * lease, and all that it allows counts as held, begun and reserved there from its grant on. It lasts until {@link #end}; calls
 * that are still under way then go on with leases of their own.
 *
 * <p>It may be for fewer calls at once than it is for requests, even for none. Then it passes on the places of calls that the
 * database has granted one by one since: the next call goes on under the lease of the last. Any thread.
 */
final class Allotment {
    /** It is to be replaced when less than one in so many of its requests is left. */
    private static final int SCARCE = 4;

    private final long id;
    private final AllotmentRequest request;
    private final long sentNanos;
    private final long goodUntilNanos;
    private final LeaseBook book;
    private final Set<Held> running = new HashSet<>();
    private final Map<Held, Place> inPlaces = new HashMap<>();
    /** The one that was free last is taken first. */
    private final Deque<Place> free = new ArrayDeque<>();

    private int requestsLeft;
    private long tokensLeft;
    private long nanoDollarsLeft;
    private int mostRunning;
    private long lastDrawnNanos;
    private boolean isEnded;

    /** @param goodUntilNanos when it is over at the latest */
    Allotment(long id, AllotmentRequest request, long sentNanos, long goodUntilNanos, LeaseBook book) {
        this.id = id;
        this.request = request;
        this.sentNanos = sentNanos;
        this.goodUntilNanos = goodUntilNanos;
        this.book = book;
        requestsLeft = request.requests();
        tokensLeft = request.charge().tokens();
        nanoDollarsLeft = request.charge().nanoDollars();
        lastDrawnNanos = sentNanos;
    }

    /** True when it was granted under {@code limits}. */
    boolean isUnder(KeyLimits limits) {
        return request.limits().equals(limits);
    }

    /** A lease for one call; null when it has none left for it. */
    synchronized @Nullable Held draw(LimitRequest call, Function<LimitRequest, Lease> mirror, long now) {
        Charge estimate = call.estimate();
        lastDrawnNanos = now;
        if (isEnded
                || now - goodUntilNanos >= 0
                || requestsLeft == 0
                || tokensLeft < estimate.tokens()
                || nanoDollarsLeft < estimate.nanoDollars()) {
            return null;
        }
        Place place = isExhausted() ? takeFree() : null;
        if (place == null && isExhausted()) {
            return null;
        }
        requestsLeft--;
        tokensLeft -= estimate.tokens();
        nanoDollarsLeft -= estimate.nanoDollars();
        Held drawn = book.drawn(call, now, mirror.apply(call), this);
        if (place == null) {
            running.add(drawn);
        } else {
            inPlaces.put(drawn, place);
        }
        mostRunning = Math.max(mostRunning, running.size() + inPlaces.size());
        return drawn;
    }

    private @Nullable Place takeFree() {
        for (Place next = free.poll(); next != null; next = free.poll()) {
            if (next.take()) {
                return next;
            }
        }
        return null;
    }

    /**
     * Passes {@code place} on, whose lease was granted by a round trip that began at {@code granted}. False when that was before
     * this was granted, since it may have been in another window.
     */
    synchronized boolean keep(Place place, long granted) {
        if (isEnded || granted - sentNanos < 0) {
            return false;
        }
        free(place);
        return true;
    }

    /** Nobody has them any more. */
    synchronized List<Settlement> takeFreePlaces() {
        List<Settlement> all = new ArrayList<>();
        for (Place place = takeFree(); place != null; place = takeFree()) {
            all.add(place.settlement());
        }
        return all;
    }

    private void free(Place place) {
        while (!free.isEmpty() && free.getLast().isTaken()) {
            free.removeLast();
        }
        free.push(place);
        book.free(place);
    }

    /**
     * {@code call} has ended and used so much. Nothing happens when this has ended before it. True when calls have used more than
     * this is charged for, which the database is to be told at once.
     */
    synchronized boolean giveBack(Held call, Charge used) {
        Place place = inPlaces.remove(call);
        if (place != null) {
            free(place.again());
        }
        if (place != null || running.remove(call)) {
            tokensLeft += call.reserved().tokens() - used.tokens();
            nanoDollarsLeft += call.reserved().nanoDollars() - used.nanoDollars();
        }
        return tokensLeft < 0 || nanoDollarsLeft < 0;
    }

    synchronized boolean isScarce() {
        return requestsLeft * SCARCE < request.requests()
                || isExhausted()
                || tokensLeft * SCARCE < request.charge().tokens()
                || nanoDollarsLeft * SCARCE < request.charge().nanoDollars();
    }

    /** True when as many of its calls are under way as may be at once. */
    synchronized boolean isExhausted() {
        return running.size() == request.calls();
    }

    /** True when nothing was drawn from it. */
    synchronized boolean isUnused() {
        return requestsLeft == request.requests();
    }

    /** So many were under way at once. */
    synchronized int mostRunning() {
        return mostRunning;
    }

    synchronized boolean hasRunning() {
        return !running.isEmpty() || !inPlaces.isEmpty();
    }

    synchronized long lastDrawnNanos() {
        return lastDrawnNanos;
    }

    long goodUntilNanos() {
        return goodUntilNanos;
    }

    /** From now on nothing is drawn; what the database is to be told, nothing when that has been said. */
    synchronized List<Settlement> end() {
        if (isEnded) {
            return List.of();
        }
        isEnded = true;
        List<Settlement> all = takeFreePlaces();
        // Their leases are charged for what these calls have reserved.
        inPlaces.forEach((call, place) -> {
            all.add(place.settlement(call));
            tokensLeft += call.reserved().tokens();
            nanoDollarsLeft += call.reserved().nanoDollars();
        });
        inPlaces.clear();
        Charge used = new Charge(
                Math.max(0, request.charge().tokens() - tokensLeft),
                Math.max(0, request.charge().nanoDollars() - nanoDollarsLeft));
        List<Held> runOn = new ArrayList<>(running);
        running.clear();
        all.add(new Settlement(request.keyId(), id, request.requests() - requestsLeft, used, runOn));
        return all;
    }
}
