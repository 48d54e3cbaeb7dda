package dev.mehari.testing;

import dev.mehari.admin.SettingsView;
import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Settings in memory: {@code proxy.max_concurrent} takes whole numbers, {@code proxy.queue_timeout} takes anything. */
public class FakeSettings implements SettingsView {
    private final TreeMap<String, Setting> settings = new TreeMap<>();

    public FakeSettings() {
        settings.put("proxy.max_concurrent", new Setting("proxy.max_concurrent", "100", "100", "Permits."));
        settings.put("proxy.queue_timeout", new Setting("proxy.queue_timeout", "5s", "5s", "Longest wait."));
    }

    @Override
    public List<Setting> list() {
        return List.copyOf(settings.values());
    }

    @Override
    public Optional<Setting> get(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    @Override
    public Outcome set(String key, String value) throws StorageUnavailable {
        Setting before = settings.get(key);
        if (before == null) {
            return new Outcome.UnknownKey("There is no setting " + key + "; did you mean proxy.max_concurrent?");
        }
        if (key.equals("proxy.max_concurrent") && !value.matches("[0-9]+")) {
            return new Outcome.BadValue("proxy.max_concurrent has to be a whole number.");
        }
        var after = new Setting(key, value, before.defaultValue(), before.description());
        settings.put(key, after);
        return new Outcome.Changed(after);
    }
}
