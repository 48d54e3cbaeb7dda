package dev.mehari.settings;

import dev.mehari.failure.StorageUnavailable;
import java.util.Map;

/** Where settings that were set are kept, for all instances. Methods block. */
public interface SettingStore {
    /** Everything that was ever set, by name; may hold names and values that this version does not know. */
    Map<String, String> load() throws StorageUnavailable;

    /** Keeps a value; other instances are told. */
    void put(String key, String value) throws StorageUnavailable;
}
