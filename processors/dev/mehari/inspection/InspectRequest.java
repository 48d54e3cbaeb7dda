package dev.mehari.inspection;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.RequestRejected;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a request before anything is spent on it; named {@code inspectRequest} in the routes. Sets
 * {@code mehari.dialect}, {@code mehari.endpoint}, {@code mehari.metered}, {@code mehari.model}, {@code mehari.stream}, {@code mehari.client-timeout-ms},
 * {@code mehari.user-turn} and {@code mehari.conversation}, and tells the call how to report a failure in the middle of a
 * stream. Neither headers nor body are changed.
 *
 * <p>Fails with {@link RequestRejected} for an unknown path (none below {@code /v1/} is, nor any at all with a plain
 * target), a wrong method, a path that an upstream might read differently, a malformed timeout or a malformed body. A body
 * that the client has compressed is forwarded unread. Runs on the event loop; the time is that of one pass over the body,
 * about 1 µs per KiB.
 */
public final class InspectRequest implements Processor {
    private final BooleanSupplier takesEveryPath;
    private final FailureEvents failureEvents;
    private final RequestFields fields = new RequestFields();

    /**
     * Inspects for what upstreams there are.
     *
     * @param takesEveryPath true while every path is forwarded; asked for each call
     */
    public InspectRequest(BooleanSupplier takesEveryPath, FailureEvents failureEvents) {
        this.takesEveryPath = takesEveryPath;
        this.failureEvents = failureEvents;
    }

    @Override
    public void process(Exchange exchange) throws RequestRejected {
        Message message = exchange.getMessage();
        String path = text(message.getHeader(Exchange.HTTP_PATH));
        Dialect dialect = CalledDialect.of(exchange);
        exchange.setProperty(ExchangeKeys.DIALECT, dialect);
        Call call = Call.of(exchange);
        if (call != null) {
            String requestId = (String) exchange.getProperty(ExchangeKeys.REQUEST_ID);
            call.onStreamFailure(failureEvents.forCall(dialect, path, requestId));
        }

        checkPath(path);
        Long timeoutMillis = ClientTimeout.millis(message.getHeader(ClientTimeout.HEADER));
        if (timeoutMillis != null) {
            exchange.setProperty(ExchangeKeys.CLIENT_TIMEOUT_MS, timeoutMillis);
        }
        Endpoint endpoint = Endpoint.at(path);
        exchange.setProperty(ExchangeKeys.METERED, endpoint == null || endpoint.isMetered());
        Talk talk = endpoint != null && endpoint.isTalk() ? new Talk() : null;
        int length = 0;
        if (endpoint != null) {
            exchange.setProperty(ExchangeKeys.ENDPOINT, endpoint);
            checkMethod(endpoint, text(message.getHeader(Exchange.HTTP_METHOD)));
            if (endpoint.takesJson() && !isCompressed(message)) {
                byte[] body = body(message);
                length = body.length;
                RequestFields.Found found = fields.read(body, talk);
                if (found.model() != null) {
                    exchange.setProperty(ExchangeKeys.MODEL, found.model());
                }
                exchange.setProperty(ExchangeKeys.STREAM, found.stream());
            }
        }
        noteConversation(exchange, talk, length);
    }

    private static void noteConversation(Exchange exchange, @Nullable Talk talk, int bodyLength) {
        if (talk != null && talk.isUserTurn() != null) {
            exchange.setProperty(ExchangeKeys.USER_TURN, talk.isUserTurn());
        }
        Object keyId = exchange.getProperty(ExchangeKeys.KEY_ID);
        Conversation conversation = ConversationHash.of(exchange.getMessage(), talk, keyId, bodyLength);
        if (conversation != null) {
            exchange.setProperty(ExchangeKeys.CONVERSATION, conversation);
        }
    }

    private void checkPath(String path) throws RequestRejected {
        if (path.startsWith("/v1/")) {
            if (Paths.isAmbiguous(path)) {
                throw new RequestRejected(
                        RequestRejected.Kind.MALFORMED,
                        "invalid_path",
                        "The path must not hold empty segments, dot segments, encoded slashes or backslashes.",
                        null);
            }
        } else if (!takesEveryPath.getAsBoolean()) {
            throw new RequestRejected(
                    RequestRejected.Kind.UNKNOWN_PATH,
                    "unknown_path",
                    "There is nothing at this path; the APIs are below /v1/.",
                    null);
        }
    }

    private static void checkMethod(Endpoint endpoint, String method) throws RequestRejected {
        if (!endpoint.takes(method)) {
            throw new RequestRejected(
                    RequestRejected.Kind.WRONG_METHOD,
                    "method_not_allowed",
                    endpoint.path() + " takes " + endpoint.allow() + " only.",
                    null);
        }
    }

    private static boolean isCompressed(Message message) {
        Object encoding = message.getHeader("Content-Encoding");
        return encoding != null && !encoding.toString().isBlank() && !"identity".equalsIgnoreCase(encoding.toString());
    }

    private static byte[] body(Message message) {
        return message.getBody() instanceof byte[] bytes ? bytes : new byte[0];
    }

    private static String text(@Nullable Object header) {
        return header == null ? "" : header.toString();
    }
}
