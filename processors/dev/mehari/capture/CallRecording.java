package dev.mehari.capture;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditText;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.AnswerObserver;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.KeyId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one call while it runs. The request's bytes are those of the message and not copied; the answer's are copied
 * as they go by. Where the memory is full it gives back what it has, and is lost. On the call's event loop.
 */
final class CallRecording implements AnswerObserver {
    /** What a call takes beside its bodies, about. */
    static final int OVERHEAD = 1024;

    private static final long NANOS_IN_MILLI = 1_000_000;
    private static final byte[] NOTHING = {};

    private final CaptureMemory memory;
    private final int most;
    private final @Nullable String requestType;
    private final @Nullable String requestEncoding;
    private final KeptBytes answer;
    private byte[] request;
    private long requestTaken;
    private @Nullable String answerType;
    private @Nullable String answerEncoding;
    private boolean lost;

    /** @param most bytes of each body that are kept */
    CallRecording(Message message, int most, CaptureMemory memory) {
        this.memory = memory;
        this.most = most;
        answer = new KeptBytes(most, memory);
        request = message.getBody() instanceof byte[] bytes ? bytes : NOTHING;
        requestType = text(message.getHeader(Exchange.CONTENT_TYPE));
        requestEncoding = text(message.getHeader(Exchange.CONTENT_ENCODING));
        long wanted = (long) OVERHEAD + Math.min(request.length, most);
        if (memory.take(wanted)) {
            requestTaken = wanted;
        } else {
            release();
        }
    }

    @Override
    public void head(@Nullable String type, @Nullable String encoding) {
        answerType = AuditText.clean(type);
        answerEncoding = AuditText.clean(encoding);
    }

    @Override
    public void bytes(ByteBuffer some) {
        if (!lost && !answer.add(some)) {
            release();
        }
    }

    /** True when there was no room for it. */
    boolean isLost() {
        return lost;
    }

    /** What it has taken of the memory; whoever gives that back, it is not this when it has ended. */
    long taken() {
        return requestTaken + answer.taken();
    }

    /** Gives all back; it keeps nothing from now on. */
    void release() {
        lost = true;
        memory.give(taken());
        requestTaken = 0;
        request = NOTHING;
        answer.clear();
    }

    /** The call has ended. */
    Capture end(Exchange exchange, EndedCall ended, Instant at) {
        CallRecord record = ended.record();
        byte[] asked = request.length > most ? Arrays.copyOf(request, most) : request;
        byte[] answered = answer.toBytes();
        String id = text(exchange.getProperty(ExchangeKeys.REQUEST_ID));
        return new Capture(
                new CapturedCall(
                        at,
                        id == null ? "" : id,
                        KeyId.of(exchange),
                        upstream(exchange),
                        text(exchange.getProperty(ExchangeKeys.MODEL)),
                        record.status(),
                        ended.outcome(),
                        record.end(),
                        record.firstByteNanos() == 0 ? -1 : millis(record.firstByteNanos() - record.startedNanos()),
                        millis(ended.durationNanos()),
                        new BodyFacts(requestType, requestEncoding, request.length, asked.length),
                        new BodyFacts(answerType, answerEncoding, answer.size(), answered.length)),
                asked,
                answered);
    }

    private static @Nullable String upstream(Exchange exchange) {
        Attempt last = exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log ? log.last() : null;
        return last == null ? null : last.upstream().name();
    }

    private static long millis(long nanos) {
        return Math.max(0, nanos / NANOS_IN_MILLI);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : AuditText.clean(value.toString());
    }
}
