package dev.mehari.limits;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The queues of keys that have one, on this instance; each is made when a call first has to wait. Any thread. */
public final class KeyQueues {
    /** Queues whose statistics are kept; beyond that, those in which nobody waits are forgotten. */
    private static final int MOST = 10_000;

    private final Map<Long, KeyQueue> queues = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Queues that were used, by key. */
    public List<KeyQueueStats> stats() {
        return queues.values().stream()
                .map(KeyQueue::stats)
                .sorted(Comparator.comparingLong(KeyQueueStats::keyId))
                .toList();
    }

    /** Calls that wait now, of all keys. */
    public int waiting() {
        return waiting.get();
    }

    /** Keys of which calls wait now, and how many; takes a moment with many keys. */
    public Map<Long, Integer> waitingByKey() {
        if (waiting.get() == 0) {
            return Map.of();
        }
        Map<Long, Integer> counts = new HashMap<>();
        queues.forEach((key, queue) -> {
            int calls = queue.waiting();
            if (calls > 0) {
                counts.put(key, calls);
            }
        });
        return counts;
    }

    /** How many stand before {@code waiter}; -1 when it may not wait. */
    int enter(long keyId, KeyQueue.Waiter waiter, int most) {
        if (queues.size() >= MOST) {
            forgetIdle();
        }
        int[] before = new int[1];
        // Inside, so that the queue is not forgotten between.
        queues.compute(keyId, (id, known) -> {
            KeyQueue queue = known == null ? new KeyQueue(id) : known;
            before[0] = queue.enter(waiter, most);
            return queue;
        });
        if (before[0] >= 0) {
            waiting.incrementAndGet();
        }
        return before[0];
    }

    /** Ends the wait of one that has entered; once. */
    void leave(long keyId, KeyQueue.Waiter waiter, KeyQueue.End how, long waitedMillis) {
        KeyQueue queue = queues.get(keyId);
        if (queue == null) {
            throw new IllegalStateException("a queue in which someone waits is not forgotten");
        }
        waiting.decrementAndGet();
        KeyQueue.Waiter next = queue.leave(waiter, how, waitedMillis);
        if (next != null) {
            next.becomeFirst();
        }
    }

    /** A call of this key has ended. */
    void freed(long keyId) {
        KeyQueue.Waiter first = waiting.get() == 0 ? null : first(keyId);
        if (first != null) {
            first.askAgain();
        }
    }

    int waiting(long keyId) {
        KeyQueue queue = queues.get(keyId);
        return queue == null ? 0 : queue.waiting();
    }

    private KeyQueue.@Nullable Waiter first(long keyId) {
        KeyQueue queue = queues.get(keyId);
        return queue == null ? null : queue.first();
    }

    private void forgetIdle() {
        queues.keySet()
                .forEach(key -> queues.computeIfPresent(key, (id, queue) -> queue.waiting() == 0 ? null : queue));
    }
}
