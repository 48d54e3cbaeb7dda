package dev.mehari.audit;

/** A part of a chain on its way to the table: events, or what is left of events that are lost. */
public sealed interface ChainPart permits SealedEvents, DroppedEvents {
    AuditChain chain();

    /** Number of the first event. */
    long first();

    /** Number of the last event. */
    long last();

    /** The chain's link before the first event, 32 bytes. */
    byte[] before();

    /** The chain's link after the last event, 32 bytes. */
    byte[] after();

    /** How many events there are, or were. */
    default long count() {
        return last() - first() + 1;
    }

    /** What is left of this without its events. */
    default DroppedEvents dropped(DroppedEvents.Reason reason) {
        return new DroppedEvents(chain(), first(), last(), before(), after(), reason);
    }
}
