package dev.mehari.audit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events that are lost, and the links of their chain around them: what the table is given in their place, so that the chain
 * shows how many there were and why they are not there.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record DroppedEvents(AuditChain chain, long first, long last, byte[] before, byte[] after, Reason reason)
        implements ChainPart {
    /** Length of {@link #bytes}. */
    public static final int BYTES = 5 * Long.BYTES + 1 + 2 * EventChain.HASH;

    /** Why they are lost. */
    public enum Reason {
        /** There was no room in the journal, or it could not be written. */
        JOURNAL(1),
        /** There was no room in memory. */
        QUEUE(2),
        /** The database never takes them; a file has them. */
        REFUSED(3),
        /** They were in the journal, which does not give them back. */
        UNREADABLE(4);

        private final byte code;

        Reason(int code) {
            this.code = (byte) code;
        }

        private static Reason of(byte code) {
            for (Reason one : values()) {
                if (one.code == code) {
                    return one;
                }
            }
            throw new IllegalArgumentException("dropped events for the unknown reason " + code);
        }

        /** As it is in the table and under the signature. */
        public String text() {
            return AuditJson.lower(this);
        }
    }

    /** These and {@code next} as one; null when {@code next} does not follow, or is lost for another reason. */
    public @Nullable DroppedEvents and(DroppedEvents next) {
        boolean follows = chain.equals(next.chain) && reason == next.reason && last + 1 == next.first;
        return follows ? new DroppedEvents(chain, first, next.last, before, next.after, reason) : null;
    }

    /** What is signed. */
    public byte[] signed() {
        return signed(chain.instance(), first, last, before, after, reason.text());
    }

    /** What is signed: the instance's id, first and last sequence, the link before, the link after, the reason as UTF-8. */
    public static byte[] signed(UUID instance, long first, long last, byte[] before, byte[] after, String reason) {
        byte[] why = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 * Long.BYTES + before.length + after.length + why.length)
                .putLong(instance.getMostSignificantBits())
                .putLong(instance.getLeastSignificantBits())
                .putLong(first)
                .putLong(last)
                .put(before)
                .put(after)
                .put(why)
                .array();
    }

    /** For a file: what {@link #of} reads. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(chain.id())
                .putLong(chain.instance().getMostSignificantBits())
                .putLong(chain.instance().getLeastSignificantBits())
                .putLong(first)
                .putLong(last)
                .put(reason.code)
                .put(before)
                .put(after)
                .array();
    }

    /**
     * Reads what {@link #bytes} made.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static DroppedEvents of(byte[] written) {
        ByteBuffer from = ByteBuffer.wrap(written);
        try {
            AuditChain chain = new AuditChain((int) from.getLong(), new UUID(from.getLong(), from.getLong()));
            long first = from.getLong();
            long last = from.getLong();
            Reason reason = Reason.of(from.get());
            byte[] before = new byte[EventChain.HASH];
            byte[] after = new byte[EventChain.HASH];
            from.get(before).get(after);
            if (from.hasRemaining()) {
                throw new IllegalArgumentException("dropped events of an unknown format");
            }
            return new DroppedEvents(chain, first, last, before, after, reason);
        } catch (BufferUnderflowException cut) {
            throw new IllegalArgumentException("dropped events that are cut off", cut);
        }
    }
}
