package dev.mehari.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory, of bytes as a file would have them, with room for so many batches. */
final class FakeJournal implements AuditJournal {
    private final List<Object> parts = new ArrayList<>();
    private final int room;
    boolean broken;

    FakeJournal(int room) {
        this.room = room;
    }

    @Override
    public long append(ChainPart part) throws IOException {
        if (broken) {
            throw new IOException("no space left on device");
        }
        long dropped = 0;
        if (part instanceof SealedEvents && batches() == room) {
            for (int i = 1; i < parts.size() && dropped == 0; i++) {
                if (parts.get(i) instanceof byte[] batch) {
                    dropped = SealedEvents.of(batch).count();
                    parts.set(i, SealedEvents.of(batch).dropped(DroppedEvents.Reason.JOURNAL));
                }
            }
        }
        parts.add(part instanceof SealedEvents batch ? batch.bytes() : part);
        return dropped;
    }

    private long batches() {
        return parts.stream().filter(byte[].class::isInstance).count();
    }

    @Override
    public ChainPart first() {
        return parts.isEmpty() ? null : read(parts.get(0));
    }

    @Override
    public ChainPart last() {
        return parts.isEmpty() ? null : read(parts.get(parts.size() - 1));
    }

    private static ChainPart read(Object part) {
        return part instanceof byte[] batch ? SealedEvents.of(batch) : (ChainPart) part;
    }

    @Override
    public void removeFirst() {
        parts.remove(0);
    }

    @Override
    public void dropFirst(DroppedEvents.Reason reason) {
        parts.set(0, first().dropped(reason));
    }

    @Override
    public boolean isEmpty() {
        return parts.isEmpty();
    }

    @Override
    public long events() {
        return parts.stream()
                .map(FakeJournal::read)
                .filter(SealedEvents.class::isInstance)
                .mapToLong(ChainPart::count)
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
