package dev.mehari.testing;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.settings.SettingStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Settings in memory, for tests of what uses them; can be away as a database can. */
public final class FakeSettingStore implements SettingStore {
    private final Map<String, String> rows = new ConcurrentHashMap<>();
    private volatile boolean away;

    /** From now on every call fails, or works again. */
    public FakeSettingStore away(boolean isAway) {
        away = isAway;
        return this;
    }

    /** The rows as they stand, to be read and changed as with SQL. */
    public Map<String, String> rows() {
        return rows;
    }

    @Override
    public Map<String, String> load() throws StorageUnavailable {
        check();
        return Map.copyOf(rows);
    }

    @Override
    public void put(String key, String value) throws StorageUnavailable {
        check();
        rows.put(key, value);
    }

    private void check() throws StorageUnavailable {
        if (away) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
    }
}
