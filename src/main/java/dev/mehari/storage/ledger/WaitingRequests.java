package dev.mehari.storage.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Requests that wait for the next round trip, first come first served; bounded. Any thread may add, one takes. */
final class WaitingRequests {
    /** A tenth of a second at the highest rate. */
    private static final int MOST = 2_000;

    private final ConcurrentLinkedDeque<Asked> requests = new ConcurrentLinkedDeque<>();
    private final AtomicInteger size = new AtomicInteger();

    /** False when it is full. */
    boolean add(Asked asked) {
        if (size.incrementAndGet() > MOST) {
            size.decrementAndGet();
            return false;
        }
        requests.addLast(asked);
        return true;
    }

    /** These were taken before and come first again; they are not refused for want of room. */
    void putBack(List<Asked> first) {
        size.addAndGet(first.size());
        for (int place = first.size() - 1; place >= 0; place--) {
            requests.addFirst(first.get(place));
        }
    }

    /** Takes the next; null when there is none. Somebody else may have claimed it meanwhile. */
    @Nullable
    Asked poll() {
        Asked next = requests.pollFirst();
        if (next != null) {
            size.decrementAndGet();
        }
        return next;
    }

    List<Asked> take(int most) {
        List<Asked> taken = new ArrayList<>();
        while (taken.size() < most) {
            Asked next = poll();
            if (next == null) {
                break;
            }
            taken.add(next);
        }
        return taken;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    int size() {
        return size.get();
    }
}
