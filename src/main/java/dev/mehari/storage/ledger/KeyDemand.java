package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.Lease;
import dev.mehari.limits.LimitRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How often one key is asked for on this instance, and the allotment that it has for that: a new one in time before the last one
 * is used up or over, none for a key that is not asked for any more. Any thread.
 */
final class KeyDemand {
    /** Calls are counted for so long. */
    private static final long PERIOD_NANOS = Duration.ofSeconds(3).toNanos();
    /** So many in a period are worth an allotment. */
    private static final int FEWEST = 2;
    /** A key that allows fewer at once has none to spare. */
    private static final int FEWEST_AT_ONCE = 16;

    private static final int FIRST_CALLS = 4;
    private static final int FEWEST_REQUESTS = 8;
    private static final int MOST_REQUESTS = 20_000;
    private static final long MOST_CHARGE = 1_000_000_000_000L;

    private static final long LONGEST_LIFE_NANOS = Duration.ofSeconds(10).toNanos();
    /** It is for the calls of so much of its life, one part in so many; more calls than before have it replaced sooner. */
    private static final int FULL_PART = 2;
    /** In the last part of its life, one in so many, what is used is replaced. */
    private static final int LAST_PART = 5;
    /** It ends when it is not used for so much of its life, one part in so many: longer than keys that are worth it pause. */
    private static final int IDLE_PART = 3;

    /** For the calls of one that has been replaced to end, so that they need no leases of their own. */
    private static final long DRAIN_NANOS = Duration.ofMillis(100).toNanos();
    /** After one has been refused or called back. */
    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();
    /** After one has been granted in part. */
    private static final long TIGHT_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
    /** After one for a part from which nothing was drawn, as when calls take longer than it lasts. */
    private static final long LONG_PAUSE_NANOS = Duration.ofSeconds(4).toNanos();

    private static final long MARGIN_MILLIS = 2;

    private record Draining(Allotment allotment, long untilNanos) {}

    private final long keyId;
    private final LeaseBook book;
    private final long lifeNanos;
    private final List<Draining> draining = new ArrayList<>(1);
    private @Nullable Allotment open;
    private long dueNanos;
    private boolean isAsked;
    /** What is asked for is not wanted any more. */
    private boolean isCalledBack;

    private boolean isForgotten;
    private long notBefore;
    private int calls = FIRST_CALLS;
    /** There was not as much as was asked for: too little for two at a time. */
    private boolean isTight;
    /** The last one was for a part, and nothing was drawn from it. */
    private boolean isUseless;

    private long period;
    private int inPeriod;
    private int inLastPeriod;

    /** @param lease how long a lease lasts that is not renewed, as none of these is */
    KeyDemand(long keyId, LeaseBook book, Duration lease, long now) {
        this.keyId = keyId;
        this.book = book;
        lifeNanos = Math.min(LONGEST_LIFE_NANOS, lease.toNanos() / 2);
        period = now;
        notBefore = now;
    }

    long keyId() {
        return keyId;
    }

    /** A lease for one call, null when the database has to be asked for it. */
    synchronized @Nullable Held draw(LimitRequest call, Function<LimitRequest, Lease> mirror, long now) {
        count(now);
        Allotment from = open;
        if (from == null) {
            return null;
        }
        if (!from.isUnder(call.key().limits())) {
            end();
            return null;
        }
        return from.draw(call, mirror, now);
    }

    /** The same for a call that has been counted, and waits for the next round trip. */
    synchronized @Nullable Held drawAgain(LimitRequest call, Function<LimitRequest, Lease> mirror, long now) {
        return open == null || !open.isUnder(call.key().limits()) ? null : open.draw(call, mirror, now);
    }

    /** Keeps {@code place} for the next call, where places are scarce; false when it is to be settled. */
    synchronized boolean keep(Place place, long grantedNanos) {
        return isTight && open != null && open.keep(place, grantedNanos);
    }

    synchronized List<Settlement> takeFreePlaces() {
        return open == null ? List.of() : open.takeFreePlaces();
    }

    /** What to ask the database for, by a call like {@code call}; null when there is no need. */
    synchronized @Nullable AllotmentRequest request(LimitRequest call, long now) {
        KeyLimits limits = call.key().limits();
        int expected = Math.max(inPeriod, inLastPeriod);
        if (isAsked
                || isForgotten
                || expected < FEWEST
                || now - notBefore < 0
                || (limits.concurrency() > 0 && limits.concurrency() < FEWEST_AT_ONCE)
                || (open != null && now - dueNanos < 0 && !open.isScarce())) {
            return null;
        }
        Charge estimate = call.estimate();
        if ((limits.hasTokens() && estimate.tokens() == 0) || (limits.hasBudget() && estimate.nanoDollars() == 0)) {
            return null; // how many calls are left cannot be told
        }
        int requests = (int) Math.max(
                FEWEST_REQUESTS, Math.min(MOST_REQUESTS, (double) lifeNanos / FULL_PART / PERIOD_NANOS * expected));
        if (estimate.tokens() > MOST_CHARGE / requests || estimate.nanoDollars() > MOST_CHARGE / requests) {
            return null;
        }
        if (open != null) {
            int most = open.mostRunning();
            calls = Math.max(FIRST_CALLS, open.isExhausted() ? 2 * most : most + most / 4 + 2);
        }
        isAsked = true;
        isCalledBack = false;
        return new AllotmentRequest(
                this,
                limits,
                Math.min(calls, requests),
                requests,
                new Charge(estimate.tokens() * requests, estimate.nanoDollars() * requests));
    }

    /** What is asked for is asked for now: what it has is given back before, where there is not enough for both. */
    synchronized void makeRoom() {
        if (isTight) {
            isUseless = open != null && open.isUnused();
            end();
        }
    }

    /** True when there was as much as was asked for the last time, or nothing has been asked for yet. */
    synchronized boolean isAmple() {
        return !isTight;
    }

    /** {@code part} of {@code request} is granted, by a round trip that began at {@code sent}, for so many milliseconds at most. */
    synchronized void granted(AllotmentRequest request, AllotmentRequest part, long id, long sent, long millis) {
        isAsked = false;
        isTight = part.calls() < request.calls() || part.requests() < request.requests();
        if (isTight) {
            notBefore = sent + (isUseless ? LONG_PAUSE_NANOS : TIGHT_PAUSE_NANOS);
        }
        if (open != null) {
            draining.add(new Draining(open, sent + DRAIN_NANOS));
        }
        long inWindows = Duration.ofMillis(millis - MARGIN_MILLIS).toNanos();
        // One that ends with a window is replaced in the next.
        dueNanos = sent + Math.min(lifeNanos - lifeNanos / LAST_PART, inWindows);
        open = new Allotment(id, part, sent, sent + Math.min(lifeNanos, inWindows), book);
        if (isCalledBack) {
            end();
        }
    }

    /** There is not enough left for one. */
    synchronized void refused(long now) {
        isAsked = false;
        isTight = true;
        notBefore = now + PAUSE_NANOS;
    }

    /** Nobody knows what became of the request. */
    synchronized void unknown() {
        isAsked = false;
    }

    /** All that it has is to be given back at once; others need it. */
    synchronized void callBack(long now) {
        notBefore = now + PAUSE_NANOS;
        isCalledBack = true;
        end();
    }

    /** All that it has is to be given back. */
    synchronized void end() {
        if (open != null) {
            book.ended(open);
            open = null;
        }
        draining.forEach(one -> book.ended(one.allotment()));
        draining.clear();
    }

    /** Ends what it has when that is over, or not used any more; true when it was. */
    synchronized boolean endIfOver(long now) {
        if (open == null || (now - open.goodUntilNanos() < 0 && now - open.lastDrawnNanos() < lifeNanos / IDLE_PART)) {
            return false;
        }
        book.ended(open);
        open = null;
        return true;
    }

    /** Ends what has been replaced, once its calls have ended or had their time. */
    synchronized void drain(long now) {
        draining.removeIf(one -> {
            boolean isOver = now - one.untilNanos() >= 0 || !one.allotment().hasRunning();
            if (isOver) {
                book.ended(one.allotment());
            }
            return isOver;
        });
    }

    /** True, for good, when nothing is left to be remembered. */
    synchronized boolean forget(long now) {
        isForgotten |= open == null && draining.isEmpty() && !isAsked && now - period >= 2 * PERIOD_NANOS;
        return isForgotten;
    }

    private void count(long now) {
        long passed = now - period;
        if (passed >= PERIOD_NANOS) {
            inLastPeriod = passed < 2 * PERIOD_NANOS ? inPeriod : 0;
            inPeriod = 0;
            period = now;
        }
        inPeriod++;
    }
}
