package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Live settings in the table {@code setting}. */
public final class SettingTable implements SettingStore {
    /** Notified of every change, with the setting's name. */
    public static final String CHANNEL = "mehari_setting";

    private final Database database;

    public SettingTable(Database database) {
        this.database = database;
    }

    /** Keeps {@code settings} as this table is, whoever changes it. */
    public static void follow(ChangeListener listener, LiveSettings settings) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String payload) throws StorageUnavailable {
                settings.reload();
            }

            @Override
            public void anythingChanged() throws StorageUnavailable {
                settings.reload();
            }
        });
    }

    @Override
    public Map<String, String> load() throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement("select key, value from setting");
                ResultSet rows = select.executeQuery()) {
            Map<String, String> settings = new HashMap<>();
            while (rows.next()) {
                settings.put(rows.getString("key"), rows.getString("value"));
            }
            return settings;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading settings", failure);
        }
    }

    @Override
    public void put(String key, String value) throws StorageUnavailable {
        String sql = "insert into setting (key, value) values (?, ?)"
                + " on conflict (key) do update"
                + " set value = excluded.value, version = setting.version + 1, updated_at = now()";
        try (Connection connection = database.connection();
                PreparedStatement upsert = connection.prepareStatement(sql)) {
            upsert.setString(1, key);
            upsert.setString(2, value);
            upsert.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("changing a setting", failure);
        }
    }
}
