package dev.mehari.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code PUT /api/settings/{key}} with body {@code {"value": ...}}, text, number or boolean: 200 with the setting as
 * it is now in force, 400 for a value or body that is none, 404 for an unknown key; named {@code changeSetting}.
 */
public final class ChangeSetting implements Processor {
    private final SettingsView settings;
    private final ObjectMapper json = new ObjectMapper();

    public ChangeSetting(SettingsView settings) {
        this.settings = settings;
    }

    @Override
    public void process(Exchange exchange) {
        String key = String.valueOf(exchange.getMessage().getHeader("key"));
        String value = value(exchange.getMessage().getBody(String.class));
        if (value == null) {
            AdminAnswer.putError(exchange, 400, "invalid_body", "The body has to be JSON such as {\"value\": 50}.");
            return;
        }
        SettingsView.Outcome outcome = settings.set(key, value);
        if (outcome instanceof SettingsView.Outcome.Changed changed) {
            AdminAnswer.put(exchange, 200, AdminAnswer.json(changed.setting()));
        } else if (outcome instanceof SettingsView.Outcome.UnknownKey unknown) {
            AdminAnswer.putError(exchange, 404, "unknown_setting", unknown.message());
        } else if (outcome instanceof SettingsView.Outcome.BadValue bad) {
            AdminAnswer.putError(exchange, 400, "invalid_value", bad.message());
        }
    }

    private @Nullable String value(@Nullable String body) {
        try {
            JsonNode value = json.readTree(body == null ? "" : body).path("value");
            return value.isValueNode() && !value.isNull() ? value.asText() : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
