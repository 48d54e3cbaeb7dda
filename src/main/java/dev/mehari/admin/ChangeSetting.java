package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.failure.StorageUnavailable;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code PUT /api/settings/{key}} with body {@code {"value": ...}}, text, number or boolean: 200 with the setting as
 * it is now in force, 400 for a value or body that is none, 404 for an unknown key; named {@code changeSetting}.
 */
public final class ChangeSetting extends AdminResource {
    private static final String VALUE = "value";

    private final SettingsView settings;

    public ChangeSetting(SettingsView settings) {
        this.settings = settings;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        String key = String.valueOf(new AdminRequest(exchange).text("key"));
        JsonNode value = AdminBody.of(exchange, Set.of(VALUE)).node(VALUE);
        if (!value.isValueNode() || value.isNull()) {
            throw AdminRefusal.invalidValue(VALUE, "must be given, as text, number or boolean");
        }
        SettingsView.Outcome outcome = settings.set(key, value.asText());
        if (outcome instanceof SettingsView.Outcome.Changed changed) {
            AdminAnswer.put(exchange, 200, AdminAnswer.json(changed.setting()));
        } else if (outcome instanceof SettingsView.Outcome.UnknownKey unknown) {
            throw AdminRefusal.unknown("setting", "key", unknown.message());
        } else if (outcome instanceof SettingsView.Outcome.BadValue bad) {
            throw AdminRefusal.invalidValue(VALUE, bad.message());
        }
    }
}
