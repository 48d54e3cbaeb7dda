package dev.mehari.storage.ledger;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Whether the database answers, as the ledger's own connection sees it. It is away from the moment the connection is lost
 * until a new one has been brought up to date, and while a round trip takes longer than a second. Written by the batcher's
 * thread, read by any.
 */
final class Outage {
    /** How long callers wait for a database that may be back at once, before this instance decides for them. */
    static final Duration PATIENCE = Duration.ofMillis(300);

    private static final Duration STALLED = Duration.ofSeconds(1);
    private static final long NOT = Long.MIN_VALUE;

    private final LongSupplier nanos;
    private final long longestNanos;
    private volatile long awaySince = NOT;
    private volatile long flyingSince = NOT;
    private final LongAdder awayNanos = new LongAdder();

    Outage(LongSupplier nanos, Duration longest) {
        this.nanos = nanos;
        this.longestNanos = longest.toNanos();
    }

    /** True when a caller should no longer be kept waiting for the database. */
    boolean isPatienceOver() {
        return goneFor() >= PATIENCE.toNanos();
    }

    /** True while this instance may decide without the database. */
    boolean mayDecideAlone() {
        return goneFor() < longestNanos;
    }

    boolean isAway() {
        return awaySince != NOT;
    }

    /** Altogether. */
    long awayMillis() {
        return Duration.ofNanos(awayNanos.sum() + goneFor()).toMillis();
    }

    void flightBegins() {
        flyingSince = nanos.getAsLong();
    }

    void flightEnds() {
        flyingSince = NOT;
    }

    void away() {
        if (awaySince == NOT) {
            awaySince = flyingSince == NOT ? nanos.getAsLong() : flyingSince;
        }
        flyingSince = NOT;
    }

    void back() {
        if (awaySince != NOT) {
            awayNanos.add(nanos.getAsLong() - awaySince);
            awaySince = NOT;
        }
    }

    private long goneFor() {
        long since = awaySince;
        if (since != NOT) {
            return nanos.getAsLong() - since;
        }
        since = flyingSince;
        long flying = since == NOT ? 0 : nanos.getAsLong() - since;
        return flying >= STALLED.toNanos() ? flying : 0;
    }
}
