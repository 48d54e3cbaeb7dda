package dev.mehari.audit;

import java.util.ArrayDeque;
import java.util.Deque;

/** A journal in memory, of bytes as a file would have them. */
final class FakeJournal implements AuditJournal {
    private final Deque<byte[]> batches = new ArrayDeque<>();

    @Override
    public long append(SealedEvents events) {
        batches.add(events.bytes());
        return 0;
    }

    @Override
    public SealedEvents first() {
        return batches.isEmpty() ? null : SealedEvents.of(batches.getFirst());
    }

    @Override
    public SealedEvents last() {
        return batches.isEmpty() ? null : SealedEvents.of(batches.getLast());
    }

    @Override
    public void removeFirst() {
        batches.removeFirst();
    }

    @Override
    public long events() {
        return batches.stream()
                .mapToLong(batch -> SealedEvents.of(batch).events().size())
                .sum();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void close() {}
}
