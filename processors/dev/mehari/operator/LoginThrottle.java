package dev.mehari.operator;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Slows down the guessing of a password without holding a thread: an attempt that comes too early is refused with the time to
 * wait. After {@value #FREE} wrong ones from an address each further one doubles its wait, from 1 s to {@link #LONGEST}; from
 * all addresses together {@value #FREE_OVERALL} are free, and the wait grows to {@link #LONGEST_OVERALL} only, so that nobody
 * can keep everyone out. What was wrong is forgotten after {@link #MEMORY} of quiet. One attempt is looked at at a time.
 * Each instance counts for itself. Any thread.
 */
public final class LoginThrottle {
    static final int FREE = 3;
    static final int FREE_OVERALL = 20;
    static final Duration LONGEST = Duration.ofMinutes(5);
    static final Duration LONGEST_OVERALL = Duration.ofSeconds(8);
    static final Duration MEMORY = Duration.ofMinutes(15);
    private static final int MOST_ADDRESSES = 10_000;
    private static final Duration BUSY = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private final Map<String, Failures> byAddress = new LinkedHashMap<>(16, 0.75f, true);
    private final Failures overall = new Failures(FREE_OVERALL, LONGEST_OVERALL);
    private boolean busy;

    public LoginThrottle(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Begins an attempt; whoever gets an empty answer calls {@link #end} once.
     *
     * @return how long to wait first
     */
    public synchronized Optional<Duration> begin(String address) {
        long now = nanos.getAsLong();
        Failures own = byAddress.get(address);
        long wait = Math.max(own == null ? 0 : own.waitFrom(now), overall.waitFrom(now));
        if (wait > 0) {
            return Optional.of(Duration.ofSeconds(Math.max(1, (wait + 999_999_999L) / 1_000_000_000L)));
        }
        if (busy) {
            return Optional.of(BUSY);
        }
        busy = true;
        return Optional.empty();
    }

    /** Ends an attempt that was begun. */
    public synchronized void end(String address, boolean wrong) {
        busy = false;
        if (wrong) {
            long now = nanos.getAsLong();
            overall.add(now);
            byAddress.computeIfAbsent(address, a -> new Failures(FREE, LONGEST)).add(now);
            forget(now);
        } else {
            byAddress.remove(address);
        }
    }

    private void forget(long now) {
        Iterator<Failures> eldest = byAddress.values().iterator();
        while (eldest.hasNext()) {
            if (!eldest.next().isForgotten(now) && byAddress.size() <= MOST_ADDRESSES) {
                return;
            }
            eldest.remove();
        }
    }

    private static final class Failures {
        private final int free;
        private final Duration longest;
        private int count;
        private long last;

        Failures(int free, Duration longest) {
            this.free = free;
            this.longest = longest;
        }

        void add(long now) {
            count = isForgotten(now) ? 1 : count + 1;
            last = now;
        }

        boolean isForgotten(long now) {
            return count == 0 || now - last > MEMORY.toNanos();
        }

        long waitFrom(long now) {
            if (count < free || isForgotten(now)) {
                return 0;
            }
            long seconds = Math.min(longest.toSeconds(), 1L << Math.min(count - free, 30));
            return Math.max(0, Duration.ofSeconds(seconds).toNanos() - (now - last));
        }
    }
}
