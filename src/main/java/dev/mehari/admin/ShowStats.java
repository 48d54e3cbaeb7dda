package dev.mehari.admin;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers {@code GET /api/stats} with the same JSON as {@code /proxy-metrics}; named {@code showStats}. */
public final class ShowStats implements Processor {
    private final StateView state;

    public ShowStats(StateView state) {
        this.state = state;
    }

    @Override
    public void process(Exchange exchange) {
        AdminAnswer.put(exchange, 200, state.now());
    }
}
