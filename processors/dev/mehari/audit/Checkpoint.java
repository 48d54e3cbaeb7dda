package dev.mehari.audit;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The head of a chain after one of its events, signed.
 *
 * @param sequence number of that event
 * @param head 32 bytes
 * @param signature Ed25519 over {@link #signed}
 * @param atMicros when it was signed, in microseconds since 1970
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record Checkpoint(long sequence, byte[] head, byte[] signature, long atMicros) {
    private static final int FIXED = 3 * Long.BYTES;

    /** What is signed: the instance's id, {@code sequence} in 8 bytes (big-endian) and the head. */
    public static byte[] signed(UUID instance, long sequence, byte[] head) {
        return ByteBuffer.allocate(FIXED + head.length)
                .putLong(instance.getMostSignificantBits())
                .putLong(instance.getLeastSignificantBits())
                .putLong(sequence)
                .put(head)
                .array();
    }
}
