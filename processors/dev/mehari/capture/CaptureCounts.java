package dev.mehari.capture;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of captures since the start. For any thread. */
public final class CaptureCounts {
    private final LongAdder stored = new LongAdder();
    private final Map<Reason, LongAdder> dropped = new EnumMap<>(Reason.class);

    /** Why a capture is not there. */
    public enum Reason {
        /** There was no room for it in memory. */
        MEMORY,
        /** The database was away, or has refused it. */
        STORAGE,
        /** It could not be sealed: a fault of ours. */
        FAULT,
        /** Its key was purged before it was written. */
        PURGED,
        /** The gateway stopped before it was written. */
        STOPPED
    }

    public CaptureCounts() {
        for (Reason reason : Reason.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    void stored(int captures) {
        stored.add(captures);
    }

    void dropped(Reason reason, int captures) {
        of(reason).add(captures);
    }

    public long stored() {
        return stored.sum();
    }

    public long dropped(Reason reason) {
        return of(reason).sum();
    }

    public long dropped() {
        return dropped.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private LongAdder of(Reason reason) {
        return Objects.requireNonNull(dropped.get(reason));
    }
}
