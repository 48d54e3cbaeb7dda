package dev.mehari.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
 * Not for several threads at once.
 */
public final class EventChain {
    private static final int HASH = 32;
    private static final byte FORMAT = 1;

    private final MessageDigest sha = sha256();
    private byte[] head;
    private long sequence;
    private ByteBuffer bytes = ByteBuffer.allocate(1024);

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
        bytes.put(FORMAT).putLong(sequence).putLong(event.atMicros());
        AuditEvent.Request request = event.request();
        text(request.id());
        text(request.traceId());
        bytes.putLong(request.keyId());
        text(request.client());
        text(request.method());
        text(request.path());
        text(request.dialect().name());
        text(request.model());
        bytes.put((byte) (request.stream() ? 1 : 0)).putLong(request.conversation());
        text(event.way().upstream());
        bytes.putLong(event.way().credentialId()).putLong(event.way().retries());
        text(event.result().outcome().name());
        bytes.putLong(event.result().status());
        text(event.result().reason());
        bytes.putLong(event.times().queue())
                .putLong(event.times().firstByte())
                .putLong(event.times().total());
        AuditEvent.Use use = event.use();
        bytes.putLong(use.requestBytes())
                .putLong(use.responseBytes())
                .putLong(use.tokens().input())
                .putLong(use.tokens().cachedInput())
                .putLong(use.tokens().cacheWrite())
                .putLong(use.tokens().output())
                .putLong(use.tokens().reasoning())
                .put((byte) (use.estimated() ? 1 : 0))
                .putLong(use.nanoDollars());
        sha.update(head);
        sha.update(bytes.array(), 0, bytes.position());
        head = sha.digest();
    }

    // The numbers of an event, and its next text, always fit behind what is left here.
    private void text(@Nullable String text) {
        byte[] utf8 = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        int length = utf8 == null ? 0 : utf8.length;
        if (bytes.remaining() < length + 256) {
            bytes = ByteBuffer.allocate(2 * (bytes.capacity() + length)).put(bytes.array(), 0, bytes.position());
        }
        bytes.putInt(utf8 == null ? -1 : length);
        if (utf8 != null) {
            bytes.put(utf8);
        }
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
