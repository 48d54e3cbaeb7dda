package dev.mehari.audit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Events that follow each other in a chain, with what proves it: all that the table is given, and the same each time.
 *
 * @param first number of the first event in the chain
 * @param links the first 8 bytes of the chain's link after each event
 * @param end the chain's head after the last, signed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record SealedEvents(AuditChain chain, long first, List<AuditEvent> events, long[] links, Checkpoint end) {
    private static final byte FORMAT = 1;

    public SealedEvents {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() != links.length) {
            throw new IllegalArgumentException(events.size() + " events with " + links.length + " links");
        }
    }

    /** For a file: what {@link #of} reads. */
    public byte[] bytes() {
        EventBytes bytes = new EventBytes();
        bytes.put(FORMAT);
        bytes.putLong(chain.id());
        bytes.putLong(chain.instance().getMostSignificantBits());
        bytes.putLong(chain.instance().getLeastSignificantBits());
        bytes.putLong(first);
        bytes.putLong(end.sequence());
        bytes.put(end.head());
        bytes.put(end.signature());
        bytes.putLong(end.atMicros());
        bytes.putLong(links.length);
        for (int i = 0; i < links.length; i++) {
            bytes.putLong(links[i]);
            bytes.event(events.get(i));
        }
        return bytes.copy();
    }

    /**
     * Reads what {@link #bytes} made.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static SealedEvents of(byte[] written) {
        ByteBuffer from = ByteBuffer.wrap(written);
        if (from.get() != FORMAT) {
            throw new IllegalArgumentException("events of an unknown format");
        }
        AuditChain chain = new AuditChain((int) from.getLong(), new UUID(from.getLong(), from.getLong()));
        long first = from.getLong();
        Checkpoint end = new Checkpoint(from.getLong(), some(from), some(from), from.getLong());
        long[] links = new long[(int) from.getLong()];
        List<AuditEvent> events = new ArrayList<>(links.length);
        for (int i = 0; i < links.length; i++) {
            links[i] = from.getLong();
            events.add(EventBytes.read(from));
        }
        return new SealedEvents(chain, first, events, links, end);
    }

    private static byte[] some(ByteBuffer from) {
        byte[] some = new byte[from.getInt()];
        from.get(some);
        return some;
    }
}
