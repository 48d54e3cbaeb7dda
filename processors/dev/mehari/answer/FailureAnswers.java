package dev.mehari.answer;

import dev.mehari.exchange.Dialect;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.inspection.Endpoint;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From a failure to a whole answer, without Camel: for {@link AnswerFailure}, and for the relay, which has to answer
 * malformed HTTP before any route runs. Safe for use by many threads.
 */
public final class FailureAnswers {
    private static final String USER_QUEUE_TIMEOUT =
            GatewayBusy.Reason.USER_QUEUE_TIMEOUT.name().toLowerCase(Locale.ROOT);

    private final ErrorBody body = new ErrorBody();

    /**
     * The answer to a failed request.
     *
     * @param path raw path of the request, for the {@code Allow} header of a 405; null when it could not be read
     * @param requestId null when the request has none yet
     */
    public FailureAnswer answer(Throwable failure, Dialect dialect, @Nullable String path, @Nullable String requestId) {
        return answer(FailureTable.rowFor(failure), dialect, path, requestId);
    }

    FailureAnswer answer(FailureRow row, Dialect dialect, @Nullable String path, @Nullable String requestId) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        if (row.retryAfter() != null) {
            headers.put("Retry-After", Long.toString(row.retryAfterSeconds()));
        }
        if (row.status() == 401) {
            headers.put("WWW-Authenticate", "Bearer");
        }
        if (row.code().equals(USER_QUEUE_TIMEOUT)) {
            headers.put("x-user-message-queue-error", "queue_timeout"); // what clients of older relays look for
        }
        Endpoint endpoint = row.status() == 405 && path != null ? Endpoint.at(path) : null;
        if (endpoint != null) {
            headers.put("Allow", endpoint.allow());
        }
        if (requestId != null) {
            headers.put("X-Request-Id", requestId);
        }
        return new FailureAnswer(row.status(), headers, body.of(dialect, row, requestId));
    }
}
