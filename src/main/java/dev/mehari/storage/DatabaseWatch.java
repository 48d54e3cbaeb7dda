package dev.mehari.storage;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the database is there, as its {@link ChangeListener} sees it, and if not, for how long. For any thread. */
public final class DatabaseWatch {
    private final LongSupplier nanos;
    private volatile @Nullable Long awaySince;

    DatabaseWatch(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long it has been away; zero while it is there. */
    public Duration awayFor() {
        Long since = awaySince;
        return since == null ? Duration.ZERO : Duration.ofNanos(Math.max(1, nanos.getAsLong() - since));
    }

    /** True once it has been away for {@code grace}; at once when that is zero. */
    public boolean isAwayLongerThan(Duration grace) {
        Duration away = awayFor();
        return !away.isZero() && away.compareTo(grace) >= 0;
    }

    void present() {
        awaySince = null;
    }

    /** Called by one thread only. */
    void away() {
        if (awaySince == null) {
            awaySince = nanos.getAsLong();
        }
    }
}
