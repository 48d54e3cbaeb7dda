package dev.mehari.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a time that a search goes through, from the newest on, with neither gap nor overlap. The first is given: about
 * as much as is cheap to read in any case. Each after it is twice as long, up to a part of all: what was frequent long ago only is
 * read in vain, then, for no more than such a part, and what there never was is known after few of them.
 */
final class AuditSlices implements Iterator<AuditSlices.Slice> {
    private static final int GROWTH = 2;
    private static final int MOST_OF_ALL = 16;
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final @Nullable Instant from;
    private final Instant oldest;
    private final Duration longest;
    private Duration length;
    private @Nullable Slice next;

    /** A time, {@code from} included, {@code to} not; null is open. */
    record Slice(@Nullable Instant from, @Nullable Instant to) {}

    private AuditSlices(@Nullable Instant from, Instant oldest, Duration length, Duration longest, Slice first) {
        this.from = from;
        this.oldest = oldest;
        this.length = length;
        this.longest = longest;
        next = first;
    }

    /** All of a time at once. */
    static AuditSlices one(@Nullable Instant from, @Nullable Instant to) {
        return new AuditSlices(from, Instant.MAX, LEAST, LEAST, new Slice(from, to));
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
        Duration length = longer(Duration.between(first, newest), LEAST);
        Instant begin = from != null && from.isAfter(oldest) ? from : oldest;
        Duration part = Duration.between(begin, newest).dividedBy(MOST_OF_ALL);
        return new AuditSlices(from, oldest, length, longer(part, length.multipliedBy(GROWTH)), new Slice(first, to));
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
        Duration grown = length.multipliedBy(GROWTH);
        length = grown.compareTo(longest) < 0 ? grown : longest;
        Instant begin = end.minus(length);
        return new Slice(isAtEnd(begin) ? from : begin, end);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private boolean isAtEnd(Instant time) {
        return !time.isAfter(oldest) || (from != null && !time.isAfter(from));
    }
}
