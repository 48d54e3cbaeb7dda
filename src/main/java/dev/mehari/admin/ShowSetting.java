package dev.mehari.admin;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /api/settings/{key}} with one setting, 404 when there is none; named {@code showSetting}. The path's
 * {@code key} is in the header of that name.
 */
public final class ShowSetting implements Processor {
    private final SettingsView settings;

    public ShowSetting(SettingsView settings) {
        this.settings = settings;
    }

    @Override
    public void process(Exchange exchange) {
        String key = String.valueOf(exchange.getMessage().getHeader("key"));
        settings.get(key)
                .ifPresentOrElse(
                        setting -> AdminAnswer.put(exchange, 200, AdminAnswer.json(setting)),
                        () -> AdminAnswer.putError(
                                exchange, 404, "unknown_setting", "There is no setting with this name."));
    }
}
