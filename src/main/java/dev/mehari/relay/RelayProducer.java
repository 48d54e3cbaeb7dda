package dev.mehari.relay;

import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.Deadline;
import dev.mehari.exchange.ExchangeKeys;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpConstants;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * Sends the exchange's message to an upstream and makes its answer the exchange's message: {@code byte[]}, or a
 * {@link dev.mehari.exchange.StreamBody} while it is still coming. Where it goes: to {@link RelayTarget} if the exchange
 * carries one, else to the endpoint's own address; behind either, {@code CamelHttpPath} and {@code CamelHttpRawQuery}.
 * Fails with {@code UpstreamUnreachable}, {@code UpstreamTimeout}, {@code UpstreamBroken}, {@code DeadlineExceeded} (when the
 * call's time ends, without asking the upstream where it is over already) or {@code ClientGone}, and,
 * unless {@code throwExceptionOnFailure} is off, with Camel's own exception for a status outside
 * {@code okStatusCodeRange}; the answer is the exchange's message then, too.
 */
final class RelayProducer extends DefaultAsyncProducer {
    private final RelayEndpoint endpoint;
    private final UpstreamTimeouts timeouts;
    private final StatusRange ok;
    private final boolean throwing;
    private @Nullable RelayTarget own;

    RelayProducer(RelayEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        timeouts = endpoint.timeouts();
        ok = StatusRange.parse(endpoint.getConfiguration().getOkStatusCodeRange());
        throwing = endpoint.getConfiguration().isThrowExceptionOnFailure();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        own = endpoint.target();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        UpstreamRequest request;
        RelayTarget target;
        ServerCall call = Call.of(exchange) instanceof ServerCall ours ? ours : null;
        try {
            target = target(exchange);
            long now = endpoint.getComponent().nowNanos();
            UpstreamTimeouts limits = timeouts(exchange, target, now);
            if (limits.isSpent()) {
                exchange.setException(LateCall.failure(exchange, now));
                callback.done(true);
                return true;
            }
            request = request(exchange, callback, call, target, limits, now);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        EventLoop loop = call == null ? endpoint.getComponent().anyLoop() : call.loop();
        endpoint.getComponent().pool(loop).submit(target.address(), request);
        return false;
    }

    private RelayTarget target(Exchange exchange) {
        RelayTarget chosen = endpoint.getComponent().targetOf(exchange);
        return chosen != null ? chosen : java.util.Objects.requireNonNull(own);
    }

    private UpstreamRequest request(
            Exchange exchange,
            AsyncCallback callback,
            @Nullable ServerCall call,
            RelayTarget target,
            UpstreamTimeouts limits,
            long now) {
        Message in = exchange.getIn();
        byte[] body = BodyBytes.of(in);
        HttpMethod method = method(in, body);
        HttpHeaders headers = new DefaultHttpHeaders();
        HeaderMapping.toHttp(in.getHeaders(), headers);
        headers.set(HttpHeaderNames.HOST, target.address().authority());
        if (body.length > 0 || expectsBody(method)) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        return new UpstreamRequest(
                exchange,
                callback,
                this::answered,
                call,
                method,
                requestTarget(in, target),
                headers,
                body,
                limits,
                now);
    }

    /** The total is that of all tries together, and no more than what is left of the client's time. */
    private UpstreamTimeouts timeouts(Exchange exchange, RelayTarget target, long now) {
        UpstreamTimeouts limits = timeouts.with(target.limits());
        if (limits.totalNanos() > 0
                && exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog tries
                && tries.attempts().size() > 1) {
            limits = limits.after(now - tries.attempts().get(0).startedNanos());
        }
        long left = Deadline.nanosLeft(exchange, now);
        return left == Deadline.NONE ? limits : limits.within(left);
    }

    private static HttpMethod method(Message in, byte[] body) {
        Object method = in.getHeader(NettyHttpConstants.HTTP_METHOD);
        if (method != null) {
            return HttpMethod.valueOf(method.toString().toUpperCase(Locale.ROOT));
        }
        return body.length == 0 ? HttpMethod.GET : HttpMethod.POST;
    }

    private static boolean expectsBody(HttpMethod method) {
        return HttpMethod.POST.equals(method) || HttpMethod.PUT.equals(method) || HttpMethod.PATCH.equals(method);
    }

    private static String requestTarget(Message in, RelayTarget target) {
        Object path = in.getHeader(NettyHttpConstants.HTTP_PATH);
        Object query = in.getHeader(NettyHttpConstants.HTTP_RAW_QUERY);
        String whole = target.basePath();
        if (path != null && !path.toString().isEmpty()) {
            String behind = path.toString();
            whole = behind.startsWith("/") ? whole.concat(behind) : whole + "/" + behind;
        }
        if (whole.isEmpty()) {
            whole = "/";
        }
        if (query == null) {
            query = in.getHeader(NettyHttpConstants.HTTP_QUERY);
        }
        if (query == null) {
            query = target.query();
        }
        if (query != null) {
            whole = whole + "?" + query;
        }
        return RequestTarget.encoded(whole, StandardCharsets.UTF_8);
    }

    private void answered(Exchange exchange, UpstreamAnswer answer) {
        int code = answer.status().code();
        boolean failed = throwing && !ok.contains(code);
        String uri = failed ? uri(exchange) : "";
        Message message = new DefaultMessage(exchange);
        message.setHeader(NettyHttpConstants.HTTP_RESPONSE_CODE, code);
        message.setHeader(Exchange.HTTP_RESPONSE_TEXT, answer.status().reasonPhrase());
        HeaderMapping.toCamel(answer.headers(), message.getHeaders());
        AnswerLength.set(message, answer.length());
        message.setBody(answer.body());
        exchange.setMessage(message);
        if (answer.body() instanceof LiveBody) {
            exchange.getExchangeExtension().setStreamCacheDisabled(true);
        }
        if (failed) {
            exchange.setException(new UpstreamAnswered(uri, answer, message));
        }
    }

    private String uri(Exchange exchange) {
        RelayTarget target = target(exchange);
        String scheme = target.address().tls() == null ? "http://" : "https://";
        return scheme + target.address().authority() + requestTarget(exchange.getIn(), target);
    }
}
