package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Optional;

/** Live settings as the admin API sees them. Called on a thread that may block. */
public interface SettingsView {
    /**
     * One setting.
     *
     * @param value in force now, as text
     * @param defaultValue in force when nothing is set
     * @param description one sentence
     */
    record Setting(String key, String value, String defaultValue, String description) {}

    /** What became of a change. */
    sealed interface Outcome {
        /** It is in force. */
        record Changed(Setting setting) implements Outcome {}

        /** There is no such setting; {@code message} names the nearest. */
        record UnknownKey(String message) implements Outcome {}

        /** The value is none for this setting; nothing has changed. */
        record BadValue(String message) implements Outcome {}
    }

    /** All, sorted by key. */
    List<Setting> list();

    Optional<Setting> get(String key);

    Outcome set(String key, String value) throws StorageUnavailable;
}
