package dev.mehari.app;

import dev.mehari.admin.SettingsView;
import dev.mehari.config.Configuration;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingChange;
import dev.mehari.settings.SettingKey;
import dev.mehari.settings.SettingsInForce;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Live settings as the admin API wants to see them. */
final class SettingsAdapter implements SettingsView {
    private final LiveSettings settings;
    private final SettingsInForce configured;

    SettingsAdapter(LiveSettings settings, Configuration configuration) {
        this.settings = settings;
        configured = Wiring.initially(configuration);
    }

    @Override
    public List<Setting> list() {
        SettingsInForce now = settings.current();
        return Arrays.stream(SettingKey.values()).map(key -> shown(key, now)).toList();
    }

    @Override
    public Optional<Setting> get(String key) {
        return SettingKey.named(key).map(known -> shown(known, settings.current()));
    }

    @Override
    public Outcome set(String key, String value) throws StorageUnavailable {
        if (SettingKey.named(key).isEmpty()) {
            return new Outcome.UnknownKey(SettingKey.unknown(key));
        }
        SettingChange change = settings.set(key, value);
        return change instanceof SettingChange.Changed changed
                ? new Outcome.Changed(shown(changed.key(), settings.current()))
                : new Outcome.BadValue(((SettingChange.Refused) change).message());
    }

    private Setting shown(SettingKey key, SettingsInForce now) {
        return new Setting(key.key(), key.of(now), key.of(configured), key.description());
    }
}
