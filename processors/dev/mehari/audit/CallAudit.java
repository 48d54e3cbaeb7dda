package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureRow;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.KeyId;
import dev.mehari.exchange.TraceContext;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import java.time.Clock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Makes the event of a call from what is known at its beginning and at its end; named {@code callAudit}. What the client has
 * sent as method, path and address is read at the beginning, for routes change headers.
 */
public final class CallAudit implements CallTap {
    private static final AuditEvent.Way NOWHERE = new AuditEvent.Way(null, 0, 0);
    private static final long NANOS_IN_MILLI = 1_000_000;

    private final ClientAddress address;
    private final Predicate<Exchange> unaudited;
    private final Clock clock;
    private final SharedTexts texts = new SharedTexts();

    /** @param unaudited true for calls that leave no event */
    public CallAudit(ClientAddress address, Predicate<Exchange> unaudited, Clock clock) {
        this.address = address;
        this.unaudited = unaudited;
        this.clock = clock;
    }

    @Override
    public @Nullable Supplier<AuditEvent> tap(Exchange exchange, Call call) {
        if (unaudited.test(exchange)) {
            return null;
        }
        Message message = exchange.getIn();
        String method = shared(message.getHeader(Exchange.HTTP_METHOD));
        String path = shared(message.getHeader(Exchange.HTTP_URI));
        String client = address.of(call.clientAddress(), message::getHeader);
        return () -> ended(exchange, call, method, path, client);
    }

    /**
     * The event of a call that was refused before any route saw it; to be made when it has ended.
     *
     * @param forwardedFor the request's {@code X-Forwarded-For}; null when it has none
     */
    public AuditEvent refused(
            Call call,
            String id,
            String method,
            String path,
            @Nullable String forwardedFor,
            Dialect dialect,
            FailureRow row) {
        EndedCall ended = new EndedCall(dialect, call.record(), row);
        AuditEvent.Request request = new AuditEvent.Request(
                text(id),
                null,
                0,
                address.of(call.clientAddress(), unused -> forwardedFor),
                shared(method),
                shared(path),
                dialect,
                null,
                false,
                0);
        return event(ended, request, NOWHERE, -1, null);
    }

    private AuditEvent ended(Exchange exchange, Call call, String method, String path, @Nullable String client) {
        EndedCall ended = EndedCall.of(exchange, call);
        AuditEvent.Request request = new AuditEvent.Request(
                text(exchange.getProperty(ExchangeKeys.REQUEST_ID)),
                exchange.getProperty(ExchangeKeys.TRACE) instanceof TraceContext trace ? trace.traceId() : null,
                KeyId.of(exchange),
                client,
                method,
                path,
                ended.dialect(),
                texts.clean((String) exchange.getProperty(ExchangeKeys.MODEL)),
                Boolean.TRUE.equals(exchange.getProperty(ExchangeKeys.STREAM)),
                exchange.getProperty(ExchangeKeys.CONVERSATION) instanceof Conversation talk ? talk.id() : 0);
        long queued = exchange.getProperty(ExchangeKeys.QUEUE_MS) instanceof Long millis ? millis : -1;
        MeteredCall used = exchange.getProperty(ExchangeKeys.USED) instanceof MeteredCall metered ? metered : null;
        return event(ended, request, way(exchange), queued, used);
    }

    private AuditEvent event(
            EndedCall ended,
            AuditEvent.Request request,
            AuditEvent.Way way,
            long queuedMillis,
            @Nullable MeteredCall used) {
        CallRecord record = ended.record();
        FailureRow failure = ended.failure();
        return new AuditEvent(
                EventSeal.micros(clock),
                request,
                way,
                new AuditEvent.Result(ended.outcome(), record.status(), failure == null ? null : failure.code()),
                new AuditEvent.Times(
                        queuedMillis,
                        record.firstByteNanos() == 0 ? -1 : millis(record.firstByteNanos() - record.startedNanos()),
                        millis(ended.durationNanos())),
                new AuditEvent.Use(
                        record.requestBytes(),
                        record.responseBytes(),
                        used == null ? TokenUsage.NONE : used.tokens(),
                        used != null && used.estimated(),
                        used == null ? 0 : used.nanoDollars()));
    }

    private static AuditEvent.Way way(Exchange exchange) {
        if (!(exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log)) {
            return NOWHERE;
        }
        Attempt last = log.last();
        if (last == null) {
            return NOWHERE;
        }
        return new AuditEvent.Way(
                last.upstream().name(),
                last.credential() == null ? 0 : last.credential().id(),
                log.attempts().size() - 1);
    }

    private static long millis(long nanos) {
        return Math.max(0, nanos / NANOS_IN_MILLI);
    }

    private static String text(@Nullable Object text) {
        return orEmpty(AuditText.clean(text == null ? "" : text.toString()));
    }

    /** For texts that many calls have. */
    private String shared(@Nullable Object text) {
        return orEmpty(texts.clean(text == null ? "" : text.toString()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
