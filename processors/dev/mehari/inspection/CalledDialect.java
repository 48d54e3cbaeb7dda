package dev.mehari.inspection;

import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Tells which API a caller speaks, from the path and, where both APIs have it, from the headers. */
public final class CalledDialect {
    private CalledDialect() {}

    /** That of the call in {@code exchange}, as the relay has noted it; by its message where it did not come over the relay. */
    public static Dialect of(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.DIALECT) instanceof Dialect noted) {
            return noted;
        }
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH) instanceof String text ? text : "";
        return of(path, name -> message.getHeader(name) != null);
    }

    /**
     * The dialect of a call.
     *
     * @param path raw path without query
     * @param hasHeader tells whether the request has a header, whatever its case
     */
    public static Dialect of(String path, Predicate<String> hasHeader) {
        if (!path.startsWith("/v1/")) {
            return Dialect.PLAIN;
        }
        Endpoint endpoint = Endpoint.at(path);
        Dialect certain = endpoint == null ? null : endpoint.dialect();
        if (certain != null) {
            return certain;
        }
        if (path.startsWith("/v1/messages/") || path.equals("/v1/complete")) {
            return Dialect.ANTHROPIC;
        }
        boolean anthropic = hasHeader.test("anthropic-version")
                || (hasHeader.test("x-api-key") && !hasHeader.test("authorization"));
        return anthropic ? Dialect.ANTHROPIC : Dialect.OPENAI;
    }
}
