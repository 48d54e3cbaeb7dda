package dev.mehari.admission;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The waiters of one priority: deficit round robin between keys (Shreedhar and Varghese, 1995), first come first inside
 * a key. Every request costs 1 and the quantum is 1, so no deficit is ever carried over: each key that waits is served
 * once a round, and a key that begins to wait joins the end of the round.
 * All operations are O(1), but {@link #ahead} is O(waiters of that key), and {@link #givesWay} O(keys).
 */
final class PriorityLevel {
    final int priority;

    private final Map<String, KeyLine> keys = new HashMap<>();
    private @Nullable KeyLine firstKey;
    private @Nullable KeyLine lastKey;
    private int size;

    /** At index d: how many keys have at least d waiters. */
    private int[] keysWithAtLeast = new int[8];

    PriorityLevel(int priority) {
        this.priority = priority;
    }

    int size() {
        return size;
    }

    /** Who is served next at this priority; null when nobody waits. */
    @Nullable
    Waiter nominee() {
        return firstKey == null ? null : firstKey.first();
    }

    void add(Waiter waiter) {
        KeyLine line = keys.get(waiter.key);
        if (line == null) {
            line = new KeyLine(waiter.key, this);
            keys.put(waiter.key, line);
            append(line);
        }
        line.append(waiter);
        size++;
        if (line.size == keysWithAtLeast.length) {
            keysWithAtLeast = Arrays.copyOf(keysWithAtLeast, 2 * keysWithAtLeast.length);
        }
        keysWithAtLeast[line.size]++;
    }

    /** Takes the nominee out; its key has had its turn. */
    void serve(Waiter nominee, KeyLine line) {
        remove(nominee, line);
        if (line.size > 0) {
            unlink(line);
            append(line);
        }
    }

    /** Takes any waiter out; its key keeps its place in the round while others of it wait. */
    void remove(Waiter waiter, KeyLine line) {
        keysWithAtLeast[line.size]--;
        line.unlink(waiter);
        size--;
        if (line.size == 0) {
            keys.remove(line.key);
            unlink(line);
        }
    }

    /** At least how many waiters of this priority would be served before a newcomer of {@code key}. */
    int ahead(String key) {
        KeyLine line = keys.get(key);
        if (line == null) {
            return keys.size();
        }
        // Rounds before the newcomer's own; who of its own round comes first depends on where its key stands in it.
        int ahead = 0;
        for (int round = 1; round <= line.size; round++) {
            ahead += keysWithAtLeast[round];
        }
        return ahead;
    }

    /**
     * Who should give its place in a full line to a newcomer of {@code key}: the youngest of the key with the most waiters,
     * if that key will have no fewer than the newcomer's afterwards; else null. O(keys).
     */
    @Nullable
    Waiter givesWay(String key) {
        KeyLine own = keys.get(key);
        int enough = (own == null ? 0 : own.size) + 2;
        boolean isLonger = enough < keysWithAtLeast.length && keysWithAtLeast[enough] > 0;
        return isLonger ? youngestOfLongest() : null;
    }

    /** The youngest of the key with the most waiters; null when nobody waits. O(keys). */
    @Nullable
    Waiter youngestOfLongest() {
        KeyLine longest = null;
        for (KeyLine line = firstKey; line != null; line = line.next) {
            if (longest == null || line.size > longest.size) {
                longest = line;
            }
        }
        return longest == null ? null : longest.last();
    }

    void forEach(Consumer<? super Waiter> action) {
        for (KeyLine line = firstKey; line != null; line = line.next) {
            for (Waiter waiter = line.first(); waiter != null; waiter = waiter.next) {
                action.accept(waiter);
            }
        }
    }

    void forEachKey(Consumer<? super KeyLine> action) {
        for (KeyLine line = firstKey; line != null; line = line.next) {
            action.accept(line);
        }
    }

    private void append(KeyLine line) {
        line.previous = lastKey;
        if (lastKey == null) {
            firstKey = line;
        } else {
            lastKey.next = line;
        }
        lastKey = line;
    }

    private void unlink(KeyLine line) {
        KeyLine before = line.previous;
        KeyLine after = line.next;
        if (before == null) {
            firstKey = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            lastKey = before;
        } else {
            after.previous = before;
        }
        line.previous = null;
        line.next = null;
    }
}
