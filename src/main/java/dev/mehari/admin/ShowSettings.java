package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/settings} with {@code {"settings":[...]}}, sorted by key; named {@code showSettings}.
 */
public final class ShowSettings extends AdminResource {
    private final SettingsView settings;

    public ShowSettings(SettingsView settings) {
        this.settings = settings;
    }

    @Override
    void answer(Exchange exchange) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("settings");
        settings.list().forEach(setting -> list.add(AdminAnswer.json(setting)));
        AdminAnswer.put(exchange, 200, json);
    }
}
