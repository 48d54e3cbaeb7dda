package dev.mehari.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when the test says so, with what is to be done at its points. For any thread. */
public final class ManualTime extends Clock {
    private record Later(long nanos, Runnable work) {}

    private final Instant start;
    private final List<Later> laters = new ArrayList<>();
    private long nanos;

    public ManualTime(Instant start) {
        this.start = start;
    }

    /** Does {@code work} once {@code wait} has passed, on the thread that lets time pass. */
    public synchronized void after(Duration wait, Runnable work) {
        laters.add(new Later(nanos + wait.toNanos(), work));
    }

    /** Lets time pass, doing what is to be done at the point where it is to be done. */
    public void pass(Duration time) {
        long end = nanos() + time.toNanos();
        for (Later next = next(end); next != null; next = next(end)) {
            next.work().run();
        }
        synchronized (this) {
            nanos = end;
        }
    }

    private synchronized Later next(long end) {
        Later first = laters.stream()
                .filter(later -> later.nanos() <= end)
                .min(Comparator.comparingLong(Later::nanos))
                .orElse(null);
        if (first != null) {
            laters.remove(first);
            nanos = Math.max(nanos, first.nanos());
        }
        return first;
    }

    /** As {@link System#nanoTime()}. */
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
