package dev.mehari.limits;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one key that wait on this instance, in the order in which they came. Only the first of them asks for a
 * lease. Each method holds the queue's lock for a moment and calls nobody.
 */
final class KeyQueue {
    /** A call that waits. Both methods return at once, and may be called when the wait is over. */
    interface Waiter {
        /** It is first now: it should ask, and go on asking now and then. */
        void becomeFirst();

        /** A lease may be free. */
        void askAgain();
    }

    /** How a wait ends. */
    enum End {
        SUCCESS,
        TIMEOUT,
        CANCELLED
    }

    private final long keyId;
    private final Set<Waiter> line = new LinkedHashSet<>();
    private final WaitSample waits = new WaitSample();
    private long entered;
    private long success;
    private long timeout;
    private long cancelled;
    private long rejected;

    KeyQueue(long keyId) {
        this.keyId = keyId;
    }

    /** How many stand before it; -1 when {@code most} wait already, so that it does not. */
    synchronized int enter(Waiter waiter, int most) {
        int before = line.size();
        if (before >= most) {
            rejected++;
            return -1;
        }
        line.add(waiter);
        entered++;
        return before;
    }

    /** Ends a wait, unless it has ended; the next is to be told then if it is first now. */
    synchronized @Nullable Waiter leave(Waiter waiter, End how, long waitedMillis) {
        boolean wasFirst = first() == waiter;
        if (!line.remove(waiter)) {
            return null;
        }
        switch (how) {
            case SUCCESS -> success++;
            case TIMEOUT -> timeout++;
            case CANCELLED -> cancelled++;
        }
        if (how != End.CANCELLED) {
            waits.add(waitedMillis);
        }
        return wasFirst ? first() : null;
    }

    synchronized @Nullable Waiter first() {
        Iterator<Waiter> all = line.iterator();
        return all.hasNext() ? all.next() : null;
    }

    synchronized int waiting() {
        return line.size();
    }

    synchronized KeyQueueStats stats() {
        Duration[] percentiles = waits.percentiles(50, 90, 99);
        return new KeyQueueStats(
                keyId,
                line.size(),
                entered,
                success,
                timeout,
                cancelled,
                rejected,
                percentiles[0],
                percentiles[1],
                percentiles[2]);
    }
}
