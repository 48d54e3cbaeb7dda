package dev.mehari.audit;

import org.apache.camel.Exchange;

/** Exchange properties of the route that writes events. */
public final class AuditKeys {
    /** {@link ChainPart} that the exchange is about; set by {@code sealEvents}. */
    static final String EVENTS = "mehari.audit-events";
    /** Boolean: others have to be written first, so that these go to the journal; set by {@code sealEvents}. */
    static final String BEHIND = "mehari.audit-behind";

    /** Boolean: it is about events that are lost; set by {@code sealEvents}. */
    static final String LOST = "mehari.audit-lost";

    private AuditKeys() {}

    /** What {@code sealEvents} has left there. */
    public static ChainPart part(Exchange exchange) {
        if (exchange.getProperty(EVENTS) instanceof ChainPart part) {
            return part;
        }
        throw new IllegalStateException("sealEvents has to come first in this route");
    }

    static SealedEvents events(Exchange exchange) {
        if (part(exchange) instanceof SealedEvents events) {
            return events;
        }
        throw new IllegalStateException("these events are lost: what is left of them goes another way");
    }
}
