package dev.mehari.audit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Events that follow each other in a chain, with what proves it: all that the table is given, and the same each time.
 *
 * @param first number of the first event in the chain
 * @param before the chain's link before it, 32 bytes
 * @param links the first 8 bytes of the chain's link after each event
 * @param end the chain's head after the last, signed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record SealedEvents(
        AuditChain chain, long first, byte[] before, List<AuditEvent> events, long[] links, Checkpoint end)
        implements ChainPart {
    private static final byte FORMAT = 1;

    public SealedEvents {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() != links.length) {
            throw new IllegalArgumentException(events.size() + " events with " + links.length + " links");
        }
    }

    @Override
    public long last() {
        return end.sequence();
    }

    @Override
    public byte[] after() {
        return end.head();
    }

    /** For a file: what {@link #of} reads. */
    public byte[] bytes() {
        EventBytes bytes = new EventBytes();
        bytes.put(FORMAT);
        bytes.putLong(chain.id());
        bytes.putLong(chain.instance().getMostSignificantBits());
        bytes.putLong(chain.instance().getLeastSignificantBits());
        bytes.putLong(first);
        bytes.put(before);
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
     * Reads what {@link #bytes} made, and makes sure that the events fit their links.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static SealedEvents of(byte[] written) {
        try {
            SealedEvents read = read(ByteBuffer.wrap(written));
            EventChain links = EventChain.at(read.before, read.first - 1);
            read.events.forEach(links::add);
            if (links.sequence() != read.last() || !Arrays.equals(links.head(), read.after())) {
                throw new IllegalArgumentException("events that do not fit their links");
            }
            return read;
        } catch (BufferUnderflowException cut) {
            throw new IllegalArgumentException("events that are cut off", cut);
        }
    }

    private static SealedEvents read(ByteBuffer from) {
        if (from.get() != FORMAT) {
            throw new IllegalArgumentException("events of an unknown format");
        }
        AuditChain chain = new AuditChain((int) from.getLong(), new UUID(from.getLong(), from.getLong()));
        long first = from.getLong();
        byte[] before = EventBytes.some(from);
        Checkpoint end = new Checkpoint(from.getLong(), EventBytes.some(from), EventBytes.some(from), from.getLong());
        long count = from.getLong();
        if (count < 0 || count > from.remaining()) {
            throw new IllegalArgumentException(count + " events in " + from.remaining() + " bytes");
        }
        long[] links = new long[(int) count];
        List<AuditEvent> events = new ArrayList<>(links.length);
        for (int i = 0; i < links.length; i++) {
            links[i] = from.getLong();
            events.add(EventBytes.read(from));
        }
        return new SealedEvents(chain, first, before, events, links, end);
    }
}
