package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Events as bytes, in the form that {@link EventChain} describes, one behind the other; grows as needed. Not for several threads. */
final class EventBytes {
    /** The numbers of an event, and what stands before it, always fit into this. */
    private static final int NUMBERS = 256;

    private ByteBuffer bytes = ByteBuffer.allocate(1024);
    private final Repeated client = new Repeated();
    private final Repeated method = new Repeated();
    private final Repeated path = new Repeated();
    private final Repeated dialect = new Repeated();
    private final Repeated model = new Repeated();
    private final Repeated upstream = new Repeated();
    private final Repeated outcome = new Repeated();
    private final Repeated reason = new Repeated();

    void clear() {
        bytes.clear();
    }

    byte[] array() {
        return bytes.array();
    }

    int length() {
        return bytes.position();
    }

    byte[] copy() {
        byte[] copy = new byte[bytes.position()];
        bytes.get(0, copy);
        return copy;
    }

    void put(byte one) {
        room(0);
        bytes.put(one);
    }

    void putLong(long number) {
        room(0);
        bytes.putLong(number);
    }

    void put(byte[] some) {
        room(some.length);
        bytes.putInt(some.length).put(some);
    }

    /** Without their number. */
    void putAll(byte[] some) {
        room(some.length);
        bytes.put(some);
    }

    void event(AuditEvent event) {
        room(0);
        bytes.putLong(event.atMicros());
        AuditEvent.Request request = event.request();
        text(utf8(request.id()));
        text(utf8(request.traceId()));
        bytes.putLong(request.keyId());
        text(client.utf8(request.client()));
        text(method.utf8(request.method()));
        text(path.utf8(request.path()));
        text(dialect.utf8(request.dialect().name()));
        text(model.utf8(request.model()));
        bytes.put((byte) (request.stream() ? 1 : 0)).putLong(request.conversation());
        text(upstream.utf8(event.way().upstream()));
        bytes.putLong(event.way().credentialId()).putLong(event.way().retries());
        text(outcome.utf8(event.result().outcome().name()));
        bytes.putLong(event.result().status());
        text(reason.utf8(event.result().reason()));
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
    }

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private void text(byte @Nullable [] utf8) {
        int length = utf8 == null ? 0 : utf8.length;
        room(length);
        bytes.putInt(utf8 == null ? -1 : length);
        if (utf8 != null) {
            bytes.put(utf8);
        }
    }

    private void room(int length) {
        if (bytes.remaining() < length + NUMBERS) {
            bytes = ByteBuffer.allocate(2 * (bytes.capacity() + length)).put(bytes.array(), 0, bytes.position());
        }
    }

    /** A text that is mostly the same as in the event before, and its bytes. */
    private static final class Repeated {
        private @Nullable String latest;
        private byte @Nullable [] utf8;

        byte @Nullable [] utf8(@Nullable String text) {
            if (!Objects.equals(text, latest)) {
                latest = text;
                utf8 = EventBytes.utf8(text);
            }
            return utf8;
        }
    }

    /** The event that {@link #event} has written there. */
    static AuditEvent read(ByteBuffer from) {
        long at = from.getLong();
        AuditEvent.Request request = new AuditEvent.Request(
                present(from),
                readText(from),
                from.getLong(),
                readText(from),
                present(from),
                present(from),
                Dialect.valueOf(present(from)),
                readText(from),
                from.get() == 1,
                from.getLong());
        AuditEvent.Way way = new AuditEvent.Way(readText(from), from.getLong(), (int) from.getLong());
        AuditEvent.Result result =
                new AuditEvent.Result(EndedCall.Outcome.valueOf(present(from)), (int) from.getLong(), readText(from));
        AuditEvent.Times times = new AuditEvent.Times(from.getLong(), from.getLong(), from.getLong());
        long requestBytes = from.getLong();
        long responseBytes = from.getLong();
        TokenUsage tokens =
                new TokenUsage(from.getLong(), from.getLong(), from.getLong(), from.getLong(), from.getLong());
        AuditEvent.Use use = new AuditEvent.Use(requestBytes, responseBytes, tokens, from.get() == 1, from.getLong());
        return new AuditEvent(at, request, way, result, times, use);
    }

    private static String present(ByteBuffer from) {
        String text = readText(from);
        if (text == null) {
            throw new IllegalArgumentException("a text is missing in an event");
        }
        return text;
    }

    private static @Nullable String readText(ByteBuffer from) {
        from.mark();
        if (from.getInt() < 0) {
            return null;
        }
        from.reset();
        return new String(some(from), StandardCharsets.UTF_8);
    }

    /** The bytes that {@link #put(byte[])} has written there. */
    static byte[] some(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IllegalArgumentException(length + " bytes where there are " + from.remaining());
        }
        byte[] some = new byte[length];
        from.get(some);
        return some;
    }
}
