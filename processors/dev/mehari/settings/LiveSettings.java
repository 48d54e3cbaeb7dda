package dev.mehari.settings;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the live settings are now. A setting that nobody set has its configured value; what was set is kept in the
 * {@link SettingStore} and wins. {@link #current()} is a volatile read for any thread; {@link #set} and {@link #reload}
 * block.
 */
public final class LiveSettings {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

    private final SettingsInForce configured;
    private final SettingStore store;
    private final List<Consumer<SettingsInForce>> listeners = new CopyOnWriteArrayList<>();
    private final Object changing = new Object();
    private volatile SettingsInForce current;

    /** Starts with {@code configured}; call {@link #reload()} before the first request. */
    public LiveSettings(SettingsInForce configured, SettingStore store) {
        this.configured = configured;
        this.store = store;
        this.current = configured;
    }

    /** What is in force now. */
    public SettingsInForce current() {
        return current;
    }

    /** Calls {@code listener} with the new settings after each change, on the thread that made or noticed it. */
    public void onChange(Consumer<SettingsInForce> listener) {
        listeners.add(listener);
    }

    /**
     * Sets one setting for all instances, for good.
     *
     * @throws StorageUnavailable when it could not be kept; nothing has changed then
     */
    public SettingChange set(String name, String text) throws StorageUnavailable {
        Optional<SettingKey> known = SettingKey.named(name);
        if (known.isEmpty()) {
            return new SettingChange.Refused(SettingKey.unknown(name));
        }
        SettingKey key = known.get();
        synchronized (changing) {
            SettingsInForce before = current;
            String value;
            try {
                value = key.of(key.into(before, text));
            } catch (IllegalArgumentException bad) {
                return new SettingChange.Refused(
                        "\"" + text + "\" is no value for " + key.key() + ", " + key.description());
            }
            store.put(key.key(), value);
            apply(key.into(before, value));
            return new SettingChange.Changed(key, key.of(before), value);
        }
    }

    /**
     * Takes over what the store holds: at start, when another instance changed something, and after an outage. A value
     * that cannot be used (someone wrote it with SQL) leaves that setting as it is configured.
     */
    public void reload() throws StorageUnavailable {
        synchronized (changing) {
            SettingsInForce settings = configured;
            for (Map.Entry<String, String> row : store.load().entrySet()) {
                Optional<SettingKey> key = SettingKey.named(row.getKey());
                if (key.isPresent()) {
                    try {
                        settings = key.get().into(settings, row.getValue());
                    } catch (IllegalArgumentException bad) {
                        LOG.warn(
                                "Setting {} holds a value that cannot be used; using {}. Set it anew: {}",
                                row.getKey(),
                                key.get().of(configured),
                                key.get().description());
                    }
                }
            }
            apply(settings);
        }
    }

    private void apply(SettingsInForce settings) {
        if (!settings.equals(current)) {
            current = settings;
            listeners.forEach(listener -> listener.accept(settings));
        }
    }
}
