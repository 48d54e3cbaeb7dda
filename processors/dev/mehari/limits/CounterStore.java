package dev.mehari.limits;

import dev.mehari.failure.StorageUnavailable;
import java.util.Collection;
import java.util.List;

/** Where counters outlast this instance. Methods block. */
public interface CounterStore {
    /** Those of all keys that have used anything, under the lengths that their windows have now. */
    List<KeyCounters> load() throws StorageUnavailable;

    /** Keeps {@code counters} in place of what was kept; keys that there are not any more are left out. */
    void save(Collection<KeyCounters> counters) throws StorageUnavailable;
}
