package dev.mehari.relay;

import dev.mehari.answer.FailureTable;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.TraceContext;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.inspection.CalledDialect;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.netty.http.NettyHttpConfiguration;
import org.apache.camel.component.netty.http.NettyHttpConstants;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns requests into exchanges and their outcome into answers. The message body is {@code byte[]} (empty, never null),
 * the headers are those of the request plus Camel's {@code CamelHttpMethod}, {@code CamelHttpPath} (behind the
 * endpoint's own path), {@code CamelHttpUri} and {@code CamelHttpRawQuery}; query and form fields are not made headers,
 * since a client could set any header of the route through them.
 */
final class RelayConsumer extends DefaultConsumer implements Suspendable {
    private static final Logger LOG = LoggerFactory.getLogger(RelayConsumer.class);
    private static final AsciiString TRACE = AsciiString.cached(TraceContext.HEADER);

    private final RelayEndpoint endpoint;
    private final NettyHttpConfiguration configuration;
    private final String path;
    private final @Nullable Set<String> methods;
    private @Nullable RelayServer server;

    RelayConsumer(RelayEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        configuration = endpoint.getConfiguration();
        String configured = configuration.getPath();
        path = configured == null ? "" : withoutSlashAtEnd(configured);
        if (path.indexOf('{') >= 0) {
            throw new IllegalArgumentException("netty-http serves no path templates such as " + path
                    + " here: match on a prefix, and read the rest from CamelHttpPath");
        }
        methods = methods(endpoint.getHttpMethodRestrict());
    }

    private static String withoutSlashAtEnd(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static @Nullable Set<String> methods(@Nullable String restricted) {
        if (restricted == null) {
            return null;
        }
        Set<String> allowed = new LinkedHashSet<>();
        for (String method : restricted.split(",", -1)) {
            allowed.add(method.strip().toUpperCase(Locale.ROOT));
        }
        return allowed;
    }

    String path() {
        return path;
    }

    boolean matchesPrefix() {
        return configuration.isMatchOnUriPrefix();
    }

    boolean matches(String requested) {
        if (!requested.startsWith(path) || !requested.startsWith("/")) {
            return false;
        }
        int behind = requested.length() - path.length();
        return behind == 0 || (requested.charAt(path.length()) == '/' && (behind == 1 || matchesPrefix()));
    }

    /** Null when all are. */
    @Nullable
    Set<String> methods() {
        return methods;
    }

    boolean allows(HttpMethod method) {
        if (HttpMethod.CONNECT.equals(method) || (HttpMethod.TRACE.equals(method) && !endpoint.isTraceEnabled())) {
            return false;
        }
        return methods == null || methods.contains(method.name());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        server = endpoint.getComponent().serve(this);
    }

    @Override
    protected void doStop() throws Exception {
        if (server != null) {
            endpoint.getComponent().withdraw(this);
            server = null;
        }
        super.doStop();
    }

    /** Handles a request that has been read to its end; on the event loop. */
    void accept(ServerCall call, HttpRequest head, byte[] body) {
        if (isSuspendingOrSuspended()) {
            answerFailure(
                    call,
                    new GatewayBusy(
                            GatewayBusy.Reason.SHUTTING_DOWN,
                            "This route is suspended; try again later",
                            Duration.ofSeconds(5)));
            return;
        }
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        Message message = exchange.getIn();
        Map<String, Object> headers = message.getHeaders();
        // A header's bytes arrive as characters, one each.
        String target = RequestTarget.encoded(head.uri(), StandardCharsets.ISO_8859_1);
        String requested = RequestTarget.path(target);
        headers.put(NettyHttpConstants.HTTP_METHOD, head.method().name());
        headers.put(NettyHttpConstants.HTTP_URI, requested);
        String behind = path.isEmpty() ? requested : requested.substring(path.length());
        headers.put(NettyHttpConstants.HTTP_PATH, behind);
        String query = RequestTarget.query(target);
        if (query != null) {
            headers.put(NettyHttpConstants.HTTP_RAW_QUERY, query);
        }
        HeaderMapping.toCamel(head.headers(), headers);
        message.setBody(body);
        exchange.setProperty(ExchangeKeys.CALL, call);
        exchange.setProperty(ExchangeKeys.REQUEST_ID, call.id());
        exchange.setProperty(ExchangeKeys.DIALECT, CalledDialect.of(behind, head.headers()::contains));
        if (head.headers().contains(TRACE)) {
            noteTrace(exchange, headers.get(TraceContext.HEADER));
        }
        // The callback may run on any thread; what it returns is of no interest here.
        var unused = getAsyncProcessor().process(exchange, doneSync -> finished(call, exchange));
    }

    /** Which trace it is, where that is said once and well; the header goes on as it came. */
    private static void noteTrace(Exchange exchange, @Nullable Object said) {
        TraceContext trace = TraceContext.parse(said instanceof String once ? once : null);
        if (trace != null) {
            exchange.setProperty(ExchangeKeys.TRACE, trace);
        }
    }

    private void finished(ServerCall call, Exchange exchange) {
        if (call.loop().inEventLoop()) {
            answer(call, exchange);
        } else {
            call.loop().execute(() -> answer(call, exchange));
        }
    }

    private void answer(ServerCall call, Exchange exchange) {
        try {
            if (exchange.getException() != null) {
                answerFailure(call, exchange.getException());
            } else {
                answerMessage(call, exchange);
            }
        } catch (RuntimeException e) {
            LOG.error("Request {} could not be answered", call.id(), e);
            if (call.hasBegun()) {
                call.abort(e);
            } else {
                answerFailure(call, e);
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void answerFailure(ServerCall call, Throwable failure) {
        if (failure instanceof ClientGone || call.isOver()) {
            call.abandoned();
        } else if (call.hasBegunEventStream()) {
            call.abort(failure);
        } else {
            call.refuse(failure);
        }
    }

    private void answerMessage(ServerCall call, Exchange exchange) {
        Message message = exchange.getMessage();
        Object body = message.getBody();
        if (call.isOver()) {
            if (body instanceof LiveBody live) {
                live.discard();
            }
            return;
        }
        int status = status(message, body);
        long length = AnswerLength.of(message);
        HttpHeaders headers = new DefaultHttpHeaders();
        HeaderMapping.toHttp(message.getHeaders(), headers);
        Object queued = exchange.getProperty(ExchangeKeys.QUEUE_MS);
        if (queued != null) {
            headers.set(RelayHttpComponent.QUEUE_MS_HEADER, queued);
        }
        if (exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog tries
                && tries.attempts().size() > 1) {
            headers.set(RelayHttpComponent.ATTEMPTS_HEADER, tries.attempts().size());
        }
        if (call.hasBegunEventStream()) {
            answerBegunStream(call, exchange, status, headers, body);
        } else if (body instanceof LiveBody live) {
            call.stream(status, headers, live, length);
        } else {
            call.answer(status, headers, BodyBytes.of(message), length);
        }
    }

    /** A heartbeat has committed the head, so only events can follow; anything else has to be told as a failure. */
    private static void answerBegunStream(
            ServerCall call, Exchange exchange, int status, HttpHeaders headers, @Nullable Object body) {
        boolean events =
                status / 100 == 2 && SseBoundary.isEventStream(headers) && !headers.contains("content-encoding");
        if (events && body instanceof LiveBody live) {
            call.stream(status, headers, live, -1);
        } else if (events) {
            call.finishEventStream(BodyBytes.of(exchange.getMessage()));
        } else {
            if (body instanceof LiveBody live) {
                live.discard();
            }
            Throwable failure = failure(exchange, status);
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
            call.abort(failure);
        }
    }

    /** What is told in place of an answer. A failure that another try got over is still on the exchange. */
    private static Throwable failure(Exchange exchange, int status) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (caught != null
                && AnsweredByUpstream.in(caught) == null
                && FailureTable.rowFor(caught).status() == status) {
            return caught;
        }
        return status >= 400
                ? new UpstreamRefused(status, exchange.getMessage())
                : new UpstreamBroken("The upstream answered " + status + " without an event stream", null);
    }

    private static int status(Message message, @Nullable Object body) {
        Object code = message.getHeader(NettyHttpConstants.HTTP_RESPONSE_CODE);
        if (code != null) {
            int number = code instanceof Integer known
                    ? known
                    : Integer.parseInt(code.toString().strip());
            if (number < 200 || number > 999) {
                throw new IllegalStateException(number + " is no status of a whole answer");
            }
            return number;
        }
        boolean empty = body == null || (body instanceof String text && text.isBlank());
        return empty ? 204 : 200;
    }
}
