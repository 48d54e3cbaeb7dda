package dev.mehari.answer;

import dev.mehari.answer.FailureRow.Shape;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.ClientGone;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.Forbidden;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.LimitExceeded;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.failure.Unauthenticated;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * From a failure to what is told about it.
 *
 * <table>
 * <caption>Failures and their statuses</caption>
 * <tr><th>Failure</th><th>Status</th><th>Code</th><th>Log</th></tr>
 * <tr><td>{@link GatewayBusy}</td><td>503</td><td>its reason</td><td>debug</td></tr>
 * <tr><td>{@link ThrottlerRejectedExecutionException}</td><td>503</td><td>rate_limited</td><td>debug</td></tr>
 * <tr><td>{@link CallNotPermittedException}</td><td>503</td><td>circuit_open</td><td>debug</td></tr>
 * <tr><td>{@link RejectedExecutionException}</td><td>503</td><td>unavailable</td><td>warn</td></tr>
 * <tr><td>{@link RequestRejected}</td><td>by kind: 400, 404, 405, 408, 413, 414, 417, 431</td><td>its own</td><td>debug</td></tr>
 * <tr><td>{@link Unauthenticated}</td><td>401</td><td>its own</td><td>debug</td></tr>
 * <tr><td>{@link Forbidden}</td><td>403</td><td>its own</td><td>debug</td></tr>
 * <tr><td>{@link LimitExceeded}</td><td>by kind: 429, 402 for money</td><td>its own</td><td>debug</td></tr>
 * <tr><td>{@link StorageUnavailable}</td><td>503</td><td>storage_unavailable</td><td>debug</td></tr>
 * <tr><td>{@link UpstreamUnreachable}</td><td>502</td><td>upstream_unreachable</td><td>debug</td></tr>
 * <tr><td>{@link UpstreamBroken}</td><td>502</td><td>upstream_broken</td><td>debug</td></tr>
 * <tr><td>{@link AnsweredByUpstream}</td><td>the upstream's, 502 for one above 599; its answer is passed on whole</td><td>upstream_refused</td><td>debug</td></tr>
 * <tr><td>{@link UpstreamTimeout}</td><td>504</td><td>upstream_timeout</td><td>debug</td></tr>
 * <tr><td>{@link DeadlineExceeded}</td><td>504</td><td>deadline_exceeded</td><td>debug</td></tr>
 * <tr><td>{@link ExchangeTimedOutException}</td><td>504</td><td>timeout</td><td>warn</td></tr>
 * <tr><td>{@link ClientGone}</td><td>499</td><td>client_gone</td><td>debug</td></tr>
 * <tr><td>anything else</td><td>500</td><td>internal</td><td>error, with stack</td></tr>
 * </table>
 *
 * <p>Expected failures are not worth a line each: an upstream that is down would write thousands a second on the event
 * loops. Metrics count them, and the breaker and the database watch say once that something is wrong.
 */
public final class FailureTable {
    /** Camel and the JDK wrap failures a few times at most; the bound ends a cause chain that is a circle. */
    static final int CAUSES_LOOKED_AT = 8;

    private static final int HIGHEST_STATUS = 599;

    private static final FailureRow INTERNAL = new FailureRow(
            500,
            "internal",
            "Something went wrong inside the gateway; its log has the details under this request id.",
            null,
            null,
            Map.of(),
            Shape.DIALECT,
            Level.ERROR,
            false);

    private FailureTable() {}

    /** The row of {@code failure}, or of the first of its causes that has one; never null. */
    public static FailureRow rowFor(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_LOOKED_AT; i++) {
            FailureRow row = row(cause);
            if (row != null) {
                return row;
            }
            cause = cause.getCause();
        }
        return INTERNAL;
    }

    private static @Nullable FailureRow row(Throwable failure) {
        if (failure instanceof AnsweredByUpstream answered) {
            return answered(answered.status());
        }
        return failure instanceof MehariFailure expected ? expected(expected) : foreign(failure);
    }

    private static FailureRow answered(int status) {
        return new FailureRow(
                status > HIGHEST_STATUS ? 502 : status,
                "upstream_refused",
                "The upstream answered " + status,
                null,
                null,
                Map.of(),
                Shape.DIALECT,
                Level.DEBUG,
                false);
    }

    private static @Nullable FailureRow expected(MehariFailure failure) {
        if (failure instanceof GatewayBusy) {
            return row(503, failure, null, Level.DEBUG, true);
        }
        if (failure instanceof RequestRejected rejected) {
            return row(statusOf(rejected.kind()), failure, rejected.param(), Level.DEBUG, true);
        }
        if (failure instanceof Unauthenticated) {
            return row(401, failure, null, Level.DEBUG, true);
        }
        if (failure instanceof Forbidden forbidden) {
            return row(403, failure, forbidden.details(), Shape.DIALECT);
        }
        if (failure instanceof LimitExceeded exceeded) {
            boolean concurrency = exceeded.kind() == LimitExceeded.Kind.CONCURRENCY;
            int status = exceeded.kind() == LimitExceeded.Kind.BUDGET ? 402 : 429;
            return row(status, failure, exceeded.details(), concurrency ? Shape.FLAT : Shape.DIALECT);
        }
        if (failure instanceof StorageUnavailable) {
            return row(503, failure, null, Level.DEBUG, true);
        }
        if (failure instanceof UpstreamUnreachable || failure instanceof UpstreamBroken) {
            return row(502, failure, null, Level.DEBUG, false);
        }
        if (failure instanceof UpstreamTimeout || failure instanceof DeadlineExceeded) {
            return row(504, failure, null, Level.DEBUG, false);
        }
        if (failure instanceof ClientGone) {
            return row(499, failure, null, Level.DEBUG, false);
        }
        return null;
    }

    private static int statusOf(RequestRejected.Kind kind) {
        return switch (kind) {
            case MALFORMED -> 400;
            case UNKNOWN_PATH -> 404;
            case WRONG_METHOD -> 405;
            case TOO_SLOW -> 408;
            case BODY_TOO_LARGE -> 413;
            case URI_TOO_LONG -> 414;
            case UNSUPPORTED -> 417;
            case HEADERS_TOO_LARGE -> 431;
        };
    }

    // Their own messages name endpoints and hosts, so the caller gets sentences of ours.
    private static @Nullable FailureRow foreign(Throwable failure) {
        if (failure instanceof ThrottlerRejectedExecutionException) {
            return refusal("rate_limited", "Too many requests arrive at the gateway; try again shortly.", Level.DEBUG);
        }
        if (failure instanceof CallNotPermittedException) {
            return refusal("circuit_open", "The upstream is failing and is being given a rest.", Level.DEBUG);
        }
        if (failure instanceof RejectedExecutionException) {
            return refusal("unavailable", "The gateway cannot take the request now.", Level.WARN);
        }
        if (failure instanceof ExchangeTimedOutException) {
            return new FailureRow(
                    504,
                    "timeout",
                    "The request was not answered in time.",
                    null,
                    null,
                    Map.of(),
                    Shape.DIALECT,
                    Level.WARN,
                    false);
        }
        return null;
    }

    private static FailureRow refusal(String code, String message, Level level) {
        return new FailureRow(503, code, message, null, null, Map.of(), Shape.DIALECT, level, true);
    }

    private static FailureRow row(
            int status, MehariFailure failure, @Nullable String param, Level level, boolean refusal) {
        String message = failure.getMessage();
        return new FailureRow(
                status,
                failure.code(),
                message == null ? failure.code() : message,
                param,
                failure.retryAfter(),
                Map.of(),
                Shape.DIALECT,
                level,
                refusal);
    }

    private static FailureRow row(int status, MehariFailure failure, Map<String, Object> details, Shape shape) {
        String message = failure.getMessage();
        return new FailureRow(
                status,
                failure.code(),
                message == null ? failure.code() : message,
                null,
                failure.retryAfter(),
                details,
                shape,
                Level.DEBUG,
                true);
    }
}
