package dev.mehari.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a time that a search goes through, from the newest on, with neither gap nor overlap. The first is given: about
 * as much as is cheap to read in any case. Each after it is twice as long, so that the few that there are for what is
 * found seldom still end with the part where the page becomes full.
 */
final class AuditSlices implements Iterator<AuditSlices.Slice> {
    private static final int GROWTH = 2;
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final @Nullable Instant from;
    private final Instant oldest;
    private Duration length;
    private @Nullable Slice next;

    /** A time, {@code from} included, {@code to} not; null is open. */
    record Slice(@Nullable Instant from, @Nullable Instant to) {}

    private AuditSlices(@Nullable Instant from, Instant oldest, Duration length, Slice first) {
        this.from = from;
        this.oldest = oldest;
        this.length = length;
        next = first;
    }

    /** All of a time at once. */
    static AuditSlices one(@Nullable Instant from, @Nullable Instant to) {
        return new AuditSlices(from, Instant.MAX, LEAST, new Slice(from, to));
    }

    /**
     * A time in parts.
     *
     * @param newest no event of that time is newer
     * @param first where the first part begins, not after {@code newest}
     * @param oldest no event at all is older
     */
    static AuditSlices growing(
            @Nullable Instant from, @Nullable Instant to, Instant newest, Instant first, Instant oldest) {
        Duration length = Duration.between(first, newest);
        return new AuditSlices(from, oldest, length.compareTo(LEAST) < 0 ? LEAST : length, new Slice(first, to));
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Slice next() {
        Slice slice = next;
        if (slice == null) {
            throw new NoSuchElementException();
        }
        next = before(slice.from());
        return slice;
    }

    private @Nullable Slice before(@Nullable Instant end) {
        if (end == null || isAtEnd(end)) {
            return null;
        }
        length = length.multipliedBy(GROWTH);
        Instant begin = end.minus(length);
        return new Slice(isAtEnd(begin) ? from : begin, end);
    }

    private boolean isAtEnd(Instant time) {
        return !time.isAfter(oldest) || (from != null && !time.isAfter(from));
    }
}
