package dev.mehari.eip.throttle;

import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Reads the limit of an exchange. A constant in YAML is a text: the same text object is parsed once.
 */
final class LimitReader {
    /** What a limit that evaluates to nothing is read as. */
    static final int NONE = -1;

    private volatile Parsed last = new Parsed(null, NONE);

    /** The limit, at least 0, or {@link #NONE}; fails with {@link IllegalStateException} when it is negative. */
    int read(Expression expression, Exchange exchange) {
        Object raw = expression.evaluate(exchange, Object.class);
        Parsed known = last;
        if (raw instanceof String && raw == known.raw()) {
            return known.limit();
        }
        Integer limit = raw instanceof Integer number
                ? number
                : exchange.getContext().getTypeConverter().convertTo(Integer.class, exchange, raw);
        if (limit == null) {
            return NONE;
        }
        if (limit < 0) {
            throw new IllegalStateException("The maximumRequestsPerPeriod must be a positive number, was: " + limit);
        }
        if (raw instanceof String) {
            last = new Parsed(raw, limit);
        }
        return limit;
    }

    private record Parsed(@Nullable Object raw, int limit) {}
}
