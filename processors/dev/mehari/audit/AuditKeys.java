package dev.mehari.audit;

import org.apache.camel.Exchange;

/** Names of the exchange properties of the route that writes events. */
final class AuditKeys {
    /** {@link SealedEvents} that the exchange is about; set by {@code sealEvents}. */
    static final String EVENTS = "mehari.audit-events";
    /** Boolean: others have to be written first, so that these go to the journal; set by {@code sealEvents}. */
    static final String BEHIND = "mehari.audit-behind";

    private AuditKeys() {}

    static SealedEvents events(Exchange exchange) {
        if (exchange.getProperty(EVENTS) instanceof SealedEvents events) {
            return events;
        }
        throw new IllegalStateException("sealEvents has to come first in this route");
    }
}
