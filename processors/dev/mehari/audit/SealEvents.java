package dev.mehari.audit;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Joins the events of the body to the chain and signs it; named {@code sealEvents}. Leaves {@link SealedEvents} as the body
 * and in {@code mehari.audit-events}, and {@code mehari.audit-behind} true where the journal has older ones.
 */
public final class SealEvents implements Processor {
    private final AuditOutbox outbox;

    public SealEvents(AuditOutbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void process(Exchange exchange) {
        SealedEvents events = outbox.seal(exchange.getMessage().getBody());
        exchange.setProperty(AuditKeys.EVENTS, events);
        exchange.setProperty(AuditKeys.BEHIND, outbox.isBehind());
        exchange.getMessage().setBody(events);
    }
}
