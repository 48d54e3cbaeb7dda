package dev.mehari.answer;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What the caller is told about a failure.
 *
 * @param status HTTP status, 400..599
 * @param code stable machine-readable name in snake case
 * @param message one sentence for the caller
 * @param param the field of the request that is wrong; null when it is not one field
 * @param retryAfter null only where trying again later is not what helps
 * @param level how loudly the log says it; {@code ERROR} comes with the stack
 * @param details further fields of the body by name, in their order: text, numbers, or lists of text
 * @param shape of the body
 * @param refusal true when Mehari said no and the upstream was not asked
 */
public record FailureRow(
        int status,
        String code,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter,
        Map<String, Object> details,
        Shape shape,
        Level level,
        boolean refusal) {
    /** How the body is built. */
    public enum Shape {
        /** As the API that was called writes its errors, {@code details} inside of the error object. */
        DIALECT,
        /**
         * {@code {"error": "Concurrency limit exceeded", "message": ..., details...}}, the error being the code in words:
         * what clients of relays with a limit per key know.
         */
        FLAT
    }

    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

    public FailureRow {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not that of a failure");
        }
        if (retryAfter == null && (status == 429 || status == 503)) {
            retryAfter = DEFAULT_RETRY_AFTER;
        }
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** The same with another time to wait. */
    FailureRow withRetryAfter(Duration wait) {
        return new FailureRow(status, code, message, param, wait, details, shape, level, refusal);
    }

    FailureRow withWords(String newCode, String newMessage, @Nullable String newParam) {
        return new FailureRow(status, newCode, newMessage, newParam, retryAfter, details, shape, level, refusal);
    }

    /** {@code Retry-After} in whole seconds, rounded up, at least 1; 0 when there is none. */
    long retryAfterSeconds() {
        return retryAfter == null
                ? 0
                : Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    }
}
