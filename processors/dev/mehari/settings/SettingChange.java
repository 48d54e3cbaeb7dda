package dev.mehari.settings;

/** Answer to "set this to that". */
public sealed interface SettingChange {
    /** It is in force here, and everywhere within a second. */
    record Changed(SettingKey key, String before, String now) implements SettingChange {}

    /** Nothing was changed; {@code message} says why and what would do. */
    record Refused(String message) implements SettingChange {}
}
