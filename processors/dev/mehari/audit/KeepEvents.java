package dev.mehari.audit;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Puts the events of an exchange that could not be written, or have to wait, into the journal; named {@code keepEvents}. */
public final class KeepEvents implements Processor {
    private final AuditOutbox outbox;

    public KeepEvents(AuditOutbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void process(Exchange exchange) {
        outbox.keep(AuditKeys.part(exchange), (Throwable) exchange.getProperty(Exchange.EXCEPTION_CAUGHT));
    }
}
