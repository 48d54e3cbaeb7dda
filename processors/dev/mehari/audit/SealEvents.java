package dev.mehari.audit;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Joins the events of the body to the chain and signs it; named {@code sealEvents}. Leaves {@link ChainPart} as the body and
 * in {@code mehari.audit-events}, {@code mehari.audit-behind} true where the journal has older ones, and
 * {@code mehari.audit-lost} true where it is {@link DroppedEvents}.
 */
public final class SealEvents implements Processor {
    private final AuditOutbox outbox;

    public SealEvents(AuditOutbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void process(Exchange exchange) {
        ChainPart events = outbox.seal(exchange.getMessage().getBody());
        exchange.setProperty(AuditKeys.EVENTS, events);
        exchange.setProperty(AuditKeys.BEHIND, outbox.isBehind());
        exchange.setProperty(AuditKeys.LOST, events instanceof DroppedEvents);
        exchange.getMessage().setBody(events);
    }
}
