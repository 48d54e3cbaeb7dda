package dev.mehari.relay;

import dev.mehari.credential.Attempt;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.MehariFailure;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One request to an upstream, from the route's step to its answer's head. Confined to one event loop, told once. */
final class UpstreamRequest {
    /** Makes the exchange's message out of an answer. */
    interface Answers {
        void answered(Exchange exchange, UpstreamAnswer answer);
    }

    private final Exchange exchange;
    private final AsyncCallback callback;
    private final Answers answers;
    private final @Nullable ServerCall call;
    private final HttpMethod method;
    private final String target;
    private final HttpHeaders headers;
    private final byte[] body;
    private final UpstreamTimeouts timeouts;
    private final long startedNanos;
    private boolean told;
    private boolean tried;

    UpstreamRequest(
            Exchange exchange,
            AsyncCallback callback,
            Answers answers,
            @Nullable ServerCall call,
            HttpMethod method,
            String target,
            HttpHeaders headers,
            byte[] body,
            UpstreamTimeouts timeouts,
            long startedNanos) {
        this.exchange = exchange;
        this.callback = callback;
        this.answers = answers;
        this.call = call;
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.timeouts = timeouts;
        this.startedNanos = startedNanos;
    }

    FullHttpRequest toHttp() {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                method,
                target,
                body.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body),
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /**
     * May this be sent once more because the pooled connection it was sent on turned out to be closed? Only where asking
     * twice does no harm (RFC 9110, section 9.2.2), and only once.
     */
    boolean mayBeSentAgain() {
        boolean again = !tried && isIdempotent();
        tried = true;
        return again;
    }

    private boolean isIdempotent() {
        return switch (method.name()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    /** From now on the upstream may have it. */
    void sent() {
        if (exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt) {
            attempt.sent();
        }
    }

    @Nullable
    ServerCall call() {
        return call;
    }

    boolean isClientGone() {
        return call != null && call.isClientGone();
    }

    /** What this has exceeded while it waits for a connection; null for nothing. */
    @Nullable
    MehariFailure timeoutBeforeAnswer(long now) {
        return timeouts.beforeAnswer(startedNanos, now);
    }

    UpstreamTimeouts timeouts() {
        return timeouts;
    }

    long startedNanos() {
        return startedNanos;
    }

    boolean isTold() {
        return told;
    }

    void answer(UpstreamAnswer answer) {
        if (tell()) {
            try {
                answers.answered(exchange, answer);
            } catch (RuntimeException e) {
                exchange.setException(e);
            }
            callback.done(false);
        } else if (answer.body() instanceof LiveBody live) {
            live.discard();
        }
    }

    void fail(Throwable failure) {
        if (tell()) {
            exchange.setException(failure);
            callback.done(false);
        }
    }

    private boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }
}
