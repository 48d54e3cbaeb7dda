package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one key that the database has granted ahead, so that this instance grants them by itself. In the database it is one
 * lease, and all that it allows counts as held, begun and reserved there from its grant on. It lasts until {@link #end}; calls
 * that are still under way then go on with leases of their own. Any thread.
 */
final class Allotment {
    /** It is to be replaced when less than one in so many of its requests is left. */
    private static final int SCARCE = 2;

    private final long id;
    private final AllotmentRequest request;
    private final long goodUntilNanos;
    private final LeaseBook book;
    private final Set<Held> running = new HashSet<>();
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
                || isExhausted()
                || tokensLeft < estimate.tokens()
                || nanoDollarsLeft < estimate.nanoDollars()) {
            return null;
        }
        requestsLeft--;
        tokensLeft -= estimate.tokens();
        nanoDollarsLeft -= estimate.nanoDollars();
        Held drawn = book.drawn(call, now, mirror.apply(call), this);
        running.add(drawn);
        mostRunning = Math.max(mostRunning, running.size());
        return drawn;
    }

    /** {@code call} has ended and used so much. Nothing happens when this has ended before it. */
    synchronized void giveBack(Held call, Charge used) {
        if (running.remove(call)) {
            tokensLeft += call.reserved().tokens() - used.tokens();
            nanoDollarsLeft += call.reserved().nanoDollars() - used.nanoDollars();
        }
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

    /** So many were under way at once. */
    synchronized int mostRunning() {
        return mostRunning;
    }

    synchronized boolean hasRunning() {
        return !running.isEmpty();
    }

    synchronized long lastDrawnNanos() {
        return lastDrawnNanos;
    }

    long goodUntilNanos() {
        return goodUntilNanos;
    }

    /** From now on nothing is drawn; what the database is to be told, null when that has been said. */
    synchronized @Nullable Settlement end() {
        if (isEnded) {
            return null;
        }
        isEnded = true;
        Charge used = new Charge(
                Math.max(0, request.charge().tokens() - tokensLeft),
                Math.max(0, request.charge().nanoDollars() - nanoDollarsLeft));
        List<Held> runOn = new ArrayList<>(running);
        running.clear();
        return new Settlement(request.keyId(), id, request.requests() - requestsLeft, used, runOn);
    }
}
