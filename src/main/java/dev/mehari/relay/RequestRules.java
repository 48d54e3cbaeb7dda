package dev.mehari.relay;

import dev.mehari.config.RelayLimits;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.RequestRejected.Kind;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request's head must be like before anything is done for it (RFC 9110, RFC 9112). */
final class RequestRules {
    private RequestRules() {}

    /** The first rule that {@code head} breaks, or null. */
    static @Nullable RequestRejected check(HttpRequest head, RelayLimits limits) {
        HttpVersion version = head.protocolVersion();
        if (version.majorVersion() != 1 || version.minorVersion() > 1) {
            return malformed("unsupported_http_version", "Speak HTTP/1.1 or HTTP/1.0, not " + version.text());
        }
        HttpHeaders headers = head.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version.minorVersion() == 1)) {
            return malformed("invalid_host", "An HTTP/1.1 request needs exactly one Host header");
        }
        if (!hosts.isEmpty() && !Authority.isValid(hosts.get(0))) {
            return malformed("invalid_host", "The Host header must be a host, and a port where there is one");
        }
        if (!RequestTarget.isSound(head.method(), head.uri())) {
            return malformed("malformed_request", "The request target must be a path, or a URL of http or https");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (version.minorVersion() == 0) {
                return malformed("unsupported_transfer_encoding", "HTTP/1.0 knows no Transfer-Encoding");
            }
            List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (encodings.size() > 1) {
                return malformed("duplicate_transfer_encoding", "Send one Transfer-Encoding header");
            }
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                    encodings.get(0).strip())) {
                return malformed("unsupported_transfer_encoding", "The only Transfer-Encoding accepted is chunked");
            }
        }
        if (HttpUtil.getContentLength(head, -1L) > limits.maxBody().bytes()) {
            return bodyTooLarge(limits);
        }
        String expect = headers.get(HttpHeaderNames.EXPECT);
        if (expect != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect.strip())) {
            return new RequestRejected(
                    Kind.UNSUPPORTED, "unsupported_expectation", "The only Expect accepted is 100-continue", "Expect");
        }
        return null;
    }

    static RequestRejected bodyTooLarge(RelayLimits limits) {
        return new RequestRejected(
                Kind.BODY_TOO_LARGE,
                "request_body_too_large",
                "The request body is larger than " + limits.maxBody().bytes()
                        + " bytes (mehari.relay.max-body); send less at once",
                null);
    }

    static RequestRejected tooSlow(RelayLimits limits) {
        return new RequestRejected(
                Kind.TOO_SLOW,
                "request_timeout",
                "The rest of the request did not arrive within "
                        + limits.requestIdle().toSeconds() + " s",
                null);
    }

    /** Turns what the decoder found wrong into words for the client. */
    static RequestRejected undecodable(Throwable cause, RelayLimits limits) {
        if (cause instanceof TooLongHttpLineException) {
            return new RequestRejected(
                    Kind.URI_TOO_LONG,
                    "uri_too_long",
                    "The request line is longer than " + limits.maxInitialLine().bytes() + " bytes",
                    null);
        }
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
            return new RequestRejected(
                    Kind.HEADERS_TOO_LARGE,
                    "headers_too_large",
                    "The request headers together are larger than "
                            + limits.maxHeader().bytes() + " bytes",
                    null);
        }
        String why = String.valueOf(cause.getMessage());
        if (why.equals(StrictRequestDecoder.CONFLICT)) {
            return malformed(
                    "content_length_transfer_encoding_conflict",
                    "Send either Content-Length or Transfer-Encoding: chunked, not both");
        }
        if (why.contains("Content-Length")) {
            return malformed("conflicting_content_length", "Send exactly one Content-Length, a non-negative number");
        }
        return malformed("malformed_request", "This is not an HTTP/1.1 request");
    }

    private static RequestRejected malformed(String code, String message) {
        return new RequestRejected(Kind.MALFORMED, code, message, null);
    }
}
