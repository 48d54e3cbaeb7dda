package dev.mehari.admin;

import org.apache.camel.Exchange;

/** Answers {@code GET /api/stats} with the same JSON as {@code /proxy-metrics}; named {@code showStats}. */
public final class ShowStats extends AdminResource {
    private final StateView state;

    public ShowStats(StateView state) {
        this.state = state;
    }

    @Override
    void answer(Exchange exchange) {
        AdminAnswer.put(exchange, 200, state.now());
    }
}
