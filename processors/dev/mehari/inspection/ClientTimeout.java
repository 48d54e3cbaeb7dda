package dev.mehari.inspection;

import dev.mehari.failure.RequestRejected;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code X-Request-Timeout}: how long the client waits at most. A number of seconds, decimals allowed, optionally
 * followed by {@code s}, or by {@code ms} for milliseconds; more than 0 and up to 9999999.
 */
final class ClientTimeout {
    static final String HEADER = "X-Request-Timeout";

    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,7}(?:\\.[0-9]{1,9})?)(ms|s)?");

    private ClientTimeout() {}

    /**
     * Milliseconds, at least 1.
     *
     * @param header value of the header as the message has it; null when absent
     */
    static @Nullable Long millis(@Nullable Object header) throws RequestRejected {
        if (header == null) {
            return null;
        }
        Matcher parts = SHAPE.matcher(header.toString().strip());
        if (!parts.matches()) {
            throw malformed();
        }
        BigDecimal number = new BigDecimal(parts.group(1));
        if (number.signum() == 0) {
            throw malformed();
        }
        BigDecimal millis = "ms".equals(parts.group(2)) ? number : number.movePointRight(3);
        return millis.setScale(0, RoundingMode.CEILING).longValueExact();
    }

    private static RequestRejected malformed() {
        return new RequestRejected(
                RequestRejected.Kind.MALFORMED,
                "invalid_timeout",
                HEADER + " has to be a number of seconds such as 30 or 2.5, or of milliseconds such as 500ms.",
                HEADER);
    }
}
