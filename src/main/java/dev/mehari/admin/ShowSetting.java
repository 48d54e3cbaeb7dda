package dev.mehari.admin;

import dev.mehari.admin.SettingsView.Setting;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/settings/{key}} with one setting, 404 when there is none; named {@code showSetting}.
 */
public final class ShowSetting extends AdminResource {
    private final SettingsView settings;

    public ShowSetting(SettingsView settings) {
        this.settings = settings;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        String key = String.valueOf(new AdminRequest(exchange).text("key"));
        Setting setting = settings.get(key)
                .orElseThrow(() -> AdminRefusal.unknown("setting", "key", "There is no setting with this name."));
        AdminAnswer.put(exchange, 200, AdminAnswer.json(setting));
    }
}
