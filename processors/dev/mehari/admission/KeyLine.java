package dev.mehari.admission;

import org.jspecify.annotations.Nullable;

/** The waiters of one key inside one priority, first come first. A doubly linked list, so that anyone can leave in O(1). */
final class KeyLine {
    final String key;
    final PriorityLevel level;
    int size;

    // Neighbours among the keys of the level.
    @Nullable
    KeyLine previous;

    @Nullable
    KeyLine next;

    private @Nullable Waiter first;
    private @Nullable Waiter last;

    KeyLine(String key, PriorityLevel level) {
        this.key = key;
        this.level = level;
    }

    @Nullable
    Waiter first() {
        return first;
    }

    @Nullable
    Waiter last() {
        return last;
    }

    void append(Waiter waiter) {
        waiter.line = this;
        waiter.previous = last;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
        size++;
    }

    void unlink(Waiter waiter) {
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        waiter.line = null;
        waiter.previous = null;
        waiter.next = null;
        size--;
    }
}
