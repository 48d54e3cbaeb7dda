package dev.mehari.telemetry.traces;

import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureTable;
import dev.mehari.credential.Attempt;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.exchange.TraceContext;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.telemetry.traces.FinishedSpan.Times;
import dev.mehari.usage.MeteredCall;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Follows calls: stands around four of the routes' steps, and makes the spans of a call when it has ended. Whether a trace is
 * recorded decides whoever began it: the caller, by the flag in its {@code traceparent}; where there is none, or a malformed
 * one, a trace begins here, and its id decides by the share that is to be recorded. A caller's trace that is not recorded goes on as it came.
 */
public final class TraceCalls {
    private static final String STATE = "tracestate";
    /** What a sent trace id means by its lower half, from 16 on. */
    private static final int RANDOM_HALF = 16;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final SpanExport export;
    private final IdGenerator ids;
    private final double sample;
    private final long sampledBelow;
    private final Clock clock;
    private final LongSupplier nanos;

    /**
     * Follows all calls whose steps it stands around.
     *
     * @param sample share of the traces begun here that are recorded, 0 to 1
     * @param nanos monotonic time, on the clock of {@link dev.mehari.exchange.CallRecord}
     */
    public TraceCalls(SpanExport export, IdGenerator ids, double sample, Clock clock, LongSupplier nanos) {
        this.export = export;
        this.ids = ids;
        this.sample = sample;
        sampledBelow = (long) (sample * Long.MAX_VALUE);
        this.clock = clock;
        this.nanos = nanos;
    }

    /** The step at which a call begins. Sets {@code mehari.trace} to the call's own span; does nothing for what is no call. */
    public void begin(Exchange exchange) {
        Call call = Call.of(exchange);
        TraceContext parent = (TraceContext) exchange.getProperty(ExchangeKeys.TRACE);
        if (call == null || (parent != null && !parent.sampled())) {
            return;
        }
        String traceId = parent == null ? ids.generateTraceId() : parent.traceId();
        boolean sampled = parent != null || isSampled(traceId);
        TraceContext own = new TraceContext(traceId, ids.generateSpanId(), sampled);
        exchange.setProperty(ExchangeKeys.TRACE, own);
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        if (parent == null) {
            headers.put(TraceContext.HEADER, own.header());
            headers.remove(STATE);
        }
        if (sampled) {
            TracedCall traced = new TracedCall(
                    own, parent, text(headers.get(Exchange.HTTP_METHOD)), text(headers.get(Exchange.HTTP_PATH)));
            traced.leaveWith(exchange);
            call.onEnd(() -> ended(exchange, call, traced));
        }
    }

    private boolean isSampled(String traceId) {
        return sample >= 1 || Long.parseUnsignedLong(traceId, RANDOM_HALF, 2 * RANDOM_HALF, 16) >>> 1 < sampledBelow;
    }

    private static String text(@Nullable Object header) {
        return header == null ? "" : header.toString();
    }

    /** {@code prepare}, which makes the request of a try, and then the try's own span in its {@code traceparent}. */
    public Processor aroundTry(Processor prepare) {
        return exchange -> {
            prepare.process(exchange);
            TracedCall traced = TracedCall.of(exchange);
            if (traced != null && exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt) {
                String spanId = ids.generateSpanId();
                TracedTry unused = traced.begin(spanId, attempt, nanos.getAsLong());
                String header = new TraceContext(traced.trace().traceId(), spanId, true).header();
                exchange.getMessage().getHeaders().put(TraceContext.HEADER, header);
            }
        };
    }

    /** {@code judge}, which fails when an answer is not to be passed on; else the try ends with its answer. */
    public Processor aroundAnswer(Processor judge) {
        return exchange -> {
            judge.process(exchange);
            TracedTry open = openTry(exchange);
            if (open == null) {
                return;
            }
            int status =
                    exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) instanceof Integer code ? code : 0;
            if (exchange.getMessage().getBody() instanceof StreamBody stream) {
                open.answered(status);
                stream.onEnd(end -> open.end(nanos.getAsLong(), status, failure(end)));
            } else {
                open.end(nanos.getAsLong(), status, null);
            }
        };
    }

    private static @Nullable String failure(StreamEnd end) {
        if (end instanceof StreamEnd.Failed failed) {
            return FailureTable.rowFor(failed.cause()).code();
        }
        return end instanceof StreamEnd.Discarded ? "cancelled" : null;
    }

    /** {@code note}, which learns from a failed try. */
    public Processor aroundFailure(Processor note) {
        return exchange -> {
            TracedTry open = openTry(exchange);
            Throwable failure = exchange.getException();
            if (open != null && failure != null) {
                AnsweredByUpstream answered = AnsweredByUpstream.in(failure);
                open.end(
                        nanos.getAsLong(),
                        answered == null ? 0 : answered.status(),
                        answered == null ? FailureTable.rowFor(failure).code() : null);
            }
            note.process(exchange);
        };
    }

    private static @Nullable TracedTry openTry(Exchange exchange) {
        TracedCall traced = TracedCall.of(exchange);
        return traced == null ? null : traced.openTry();
    }

    private void ended(Exchange exchange, Call call, TracedCall traced) {
        EndedCall ended = EndedCall.of(exchange, call);
        List<TracedTry> tries = traced.tries();
        if (!export.takes(1 + tries.size())) {
            return;
        }
        Instant now = clock.instant();
        long epoch = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - nanos.getAsLong();
        TraceContext trace = traced.trace();
        long callEnded = ended.record().endedNanos();
        SpanContext own = context(trace.traceId(), trace.spanId());
        for (TracedTry one : tries) {
            one.end(callEnded, one.status(), "cancelled");
            export.add(new FinishedSpan(
                    context(trace.traceId(), one.spanId()),
                    own,
                    SpanKind.CLIENT,
                    times(epoch, one.startedNanos(), one.endedNanos()),
                    describe(traced, one),
                    export));
        }
        TraceContext parent = traced.parent();
        export.add(new FinishedSpan(
                own,
                parent == null ? SpanContext.getInvalid() : remote(parent),
                SpanKind.SERVER,
                times(epoch, ended.record().startedNanos(), callEnded),
                describe(exchange, traced, ended, tries.size()),
                export));
    }

    private static TryDescription describe(TracedCall traced, TracedTry one) {
        Attempt attempt = one.attempt();
        return new TryDescription(
                traced.method(),
                traced.path(),
                attempt.upstream(),
                attempt.credential() == null ? 0 : attempt.credential().id(),
                one.number(),
                one.status(),
                one.error());
    }

    private static CallDescription describe(Exchange exchange, TracedCall traced, EndedCall ended, int tries) {
        return new CallDescription(
                ended,
                traced.method(),
                traced.path(),
                (String) exchange.getProperty(ExchangeKeys.MODEL),
                (String) exchange.getProperty(ExchangeKeys.KEY_ID),
                (String) exchange.getProperty(ExchangeKeys.REQUEST_ID),
                (Long) exchange.getProperty(ExchangeKeys.QUEUE_MS),
                tries,
                (MeteredCall) exchange.getProperty(ExchangeKeys.USED));
    }

    private static Times times(long epoch, long startedNanos, long endedNanos) {
        return new Times(epoch + startedNanos, epoch + Math.max(startedNanos, endedNanos));
    }

    private static SpanContext context(String traceId, String spanId) {
        return SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    private static SpanContext remote(TraceContext parent) {
        return SpanContext.createFromRemoteParent(
                parent.traceId(), parent.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
    }
}
