package dev.mehari.audit;

import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Notes that the events of an exchange are written; named {@code confirmEvents}. */
public final class ConfirmEvents implements Processor {
    private final AuditOutbox outbox;

    public ConfirmEvents(AuditOutbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        outbox.written(AuditKeys.part(exchange));
    }
}
