package dev.mehari.admission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is next. Not thread-safe, without a clock.
 *
 * <p>Each priority nominates one waiter by round robin between its keys ({@link PriorityLevel}). Between the nominees:
 *
 * <ol>
 *   <li><b>Head start.</b> A level of priority is worth a fixed time of waiting, the {@code step}: the nominee with the
 *       smallest {@code entered - priority * step} is next. The step is a tenth of the queue timeout. With a timeout of
 *       5 s it is 0.5 s: priority 9 goes before all of priority 0 that have waited up to 4.5 s longer; priority 5 before
 *       those of priority 4 that have waited up to 0.5 s longer. So one of priority 0 who waits behind a constant flow
 *       of priority 9 that itself waits 0.1 s has its turn after 4.6 s, before its timeout.
 *   <li><b>Guaranteed tenth.</b> When priority 9 alone exceeds the capacity, its own waits grow and rule 1 would starve
 *       the others. So the nominee who came first is passed over at most nine times in a row by younger ones; the tenth
 *       turn is its own. With 100 turns a second, 10 a second go to the lower priorities even then.
 * </ol>
 *
 * In a full line lower priorities give way to higher ones, see {@link #givesWay}. Neither rule lets anyone pass a waiter of the same or a higher priority who came earlier, but for the round robin
 * between keys. Adding, removing and polling are O(1) for the ten priorities.
 */
final class WaitingLine {
    /** A step is this part of the queue timeout. */
    static final int STEPS_PER_TIMEOUT = 10;

    /** How often in a row the nominee who came first may be passed over. */
    static final int MOST_PASSED_OVER = 9;

    /** Lower priorities keep this part of the places in a full line. */
    private static final int KEPT_FOR_LOWER = 10;

    private final PriorityLevel[] levels = new PriorityLevel[Waiter.HIGHEST_PRIORITY + 1];
    private long stepNanos;
    private int size;
    private int passedOver;

    WaitingLine(long queueTimeoutNanos) {
        for (int priority = 0; priority < levels.length; priority++) {
            levels[priority] = new PriorityLevel(priority);
        }
        queueTimeout(queueTimeoutNanos);
    }

    void queueTimeout(long nanos) {
        stepNanos = nanos / STEPS_PER_TIMEOUT;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Appends a waiter whose {@code enteredNanos} is set and not before that of anyone already in the line. */
    void add(Waiter waiter) {
        levels[waiter.priority].add(waiter);
        waiter.waiting = true;
        size++;
    }

    /** Takes the next one out; null when nobody waits. */
    @Nullable
    Waiter poll() {
        Waiter next = null;
        Waiter eldest = null;
        for (int priority = Waiter.HIGHEST_PRIORITY; priority >= 0; priority--) {
            Waiter nominee = levels[priority].nominee();
            if (nominee != null) {
                if (next == null || score(nominee) - score(next) < 0) {
                    next = nominee;
                }
                if (eldest == null || nominee.enteredNanos - eldest.enteredNanos < 0) {
                    eldest = nominee;
                }
            }
        }
        if (next == null || eldest == null) {
            return null;
        }
        if (next == eldest) {
            passedOver = 0;
        } else if (passedOver == MOST_PASSED_OVER) {
            next = eldest;
            passedOver = 0;
        } else {
            passedOver++;
        }
        KeyLine line = next.line;
        if (line == null) {
            throw new IllegalStateException("a nominee stands in no line");
        }
        line.level.serve(next, line);
        left(next);
        return next;
    }

    /** Takes {@code waiter} out, wherever it stands; false when it is not in the line. */
    boolean remove(Waiter waiter) {
        KeyLine line = waiter.line;
        if (line == null) {
            return false;
        }
        line.level.remove(waiter, line);
        left(waiter);
        return true;
    }

    /** At least how many would be served before a newcomer of this priority and key. */
    int ahead(int priority, String key) {
        int ahead = levels[priority].ahead(key);
        for (int higher = priority + 1; higher < levels.length; higher++) {
            ahead += levels[higher].size();
        }
        return ahead;
    }

    /**
     * Whose place in a full line of {@code places} a newcomer may take; null when nobody's. Those of lower priorities go
     * first, the lowest before all, as long as together they hold more than a tenth of the places; then a key of the
     * same priority that has more waiters.
     */
    @Nullable
    Waiter givesWay(int priority, String key, int places) {
        int lower = 0;
        PriorityLevel lowest = null;
        for (int level = priority - 1; level >= 0; level--) {
            if (levels[level].size() > 0) {
                lower += levels[level].size();
                lowest = levels[level];
            }
        }
        if (lowest != null && lower > Math.max(1, places / KEPT_FOR_LOWER)) {
            return lowest.youngestOfLongest();
        }
        return levels[priority].givesWay(key);
    }

    /** Everyone, highest priority first. */
    List<Waiter> all() {
        List<Waiter> all = new ArrayList<>(size);
        for (int priority = Waiter.HIGHEST_PRIORITY; priority >= 0; priority--) {
            levels[priority].forEach(all::add);
        }
        return all;
    }

    /** How many wait, by key. */
    Map<String, Integer> byKey() {
        Map<String, Integer> sizes = new HashMap<>();
        for (PriorityLevel level : levels) {
            level.forEachKey(key -> sizes.merge(key.key, key.size, Integer::sum));
        }
        return sizes;
    }

    private void left(Waiter waiter) {
        waiter.waiting = false;
        size--;
        if (size == 0) {
            passedOver = 0;
        }
    }

    private long score(Waiter waiter) {
        return waiter.enteredNanos - waiter.priority * stepNanos;
    }
}
