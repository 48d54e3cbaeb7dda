package dev.mehari.audit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over the events of one start of an instance. Each link is SHA-256 over the link before, the event's
 * number in the chain (from 1) and the event as bytes; the link before the first is SHA-256 over the instance's id and the
 * head of the chain of the start before, 32 zero bytes when there was none.
 *
 * <p>An event as bytes is format 1: every field in the order of the record's components, numbers as 8 bytes (big-endian),
 * true as 1, text as the length of its UTF-8 in 4 bytes and the bytes, absent text as the length -1, constants by name.
 * Events of which only the number is known are one link together: SHA-256 over the link before and the number of the last of
 * them. Not for several threads at once.
 */
public final class EventChain {
    /** Length of a link. */
    static final int HASH = 32;

    private static final byte FORMAT = 1;

    private final MessageDigest sha = sha256();
    private byte[] head;
    private long sequence;
    private final EventBytes bytes = new EventBytes();

    private EventChain(byte[] head, long sequence) {
        this.head = head.clone();
        this.sequence = sequence;
    }

    /** The empty chain of a new start, which follows the one whose head is {@code previous}. */
    public static EventChain begin(UUID instance, byte @Nullable [] previous) {
        byte[] before = previous == null ? new byte[HASH] : previous;
        ByteBuffer origin = ByteBuffer.allocate(Long.BYTES * 2 + before.length)
                .putLong(instance.getMostSignificantBits())
                .putLong(instance.getLeastSignificantBits())
                .put(before);
        return new EventChain(sha256().digest(origin.array()), 0);
    }

    /** A chain as it was after its event number {@code sequence}. */
    public static EventChain at(byte[] head, long sequence) {
        return new EventChain(head, sequence);
    }

    /** Adds an event. */
    public void add(AuditEvent event) {
        sequence++;
        bytes.clear();
        bytes.putAll(head);
        bytes.put(FORMAT);
        bytes.putLong(sequence);
        bytes.event(event);
        // In one piece: SHA-256 takes whole blocks from where they are.
        sha.update(bytes.array(), 0, bytes.length());
        head = sha.digest();
    }

    /** Adds events of which nothing is known but how many there were. */
    public void skip(long count) {
        sequence += count;
        sha.update(head);
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
        head = sha.digest();
    }

    /** Number of the last event, 0 before the first. */
    public long sequence() {
        return sequence;
    }

    /** The last link, 32 bytes. */
    public byte[] head() {
        return head.clone();
    }

    /** The first 8 bytes of the last link, which are kept beside the event to name the first one that was tampered with. */
    public long shortHead() {
        return ByteBuffer.wrap(head).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
    }
}
