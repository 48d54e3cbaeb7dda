package dev.mehari.answer;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.inspection.CalledDialect;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers a request that failed; named {@code answerFailure} in the routes' {@code onException}. Replaces the message whole:
 * on failure it is still the request, whose headers must not be echoed. Any thread.
 */
public final class AnswerFailure implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerFailure.class);

    private final FailureAnswers answers;
    private final Function<String, Duration> breakerWait;

    /**
     * Answers failures.
     *
     * @param breakerWait how long the circuit breaker of that name will still refuse, zero when that is not known
     */
    public AnswerFailure(FailureAnswers answers, Function<String, Duration> breakerWait) {
        this.answers = answers;
        this.breakerWait = breakerWait;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Throwable failure = failureOf(exchange);
        String path = message.getHeader(Exchange.HTTP_PATH) instanceof String text ? text : null;
        String requestId = (String) exchange.getProperty(ExchangeKeys.REQUEST_ID);
        FailureRow row = withBreakerWait(FailureTable.rowFor(failure), failure);
        FailureAnswer answer = answers.answer(row, CalledDialect.of(exchange), path, requestId);
        log(exchange, row, requestId, failure);

        message.removeHeaders("*");
        answer.headers().forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        message.setBody(answer.body());
    }

    private FailureRow withBreakerWait(FailureRow row, @Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CallNotPermittedException open) {
                return row.withRetryAfter(breakerWait.apply(open.getCausingCircuitBreakerName()));
            }
        }
        return row;
    }

    private static @Nullable Throwable failureOf(Exchange exchange) {
        Throwable caught = (Throwable) exchange.getProperty(Exchange.EXCEPTION_CAUGHT);
        return caught == null ? exchange.getException() : caught;
    }

    private static void log(
            Exchange exchange, FailureRow row, @Nullable String requestId, @Nullable Throwable failure) {
        if (row.level() == Level.ERROR) {
            LOG.error("request {} failed", requestId, failure);
        } else if (exchange.getProperty(ExchangePropertyKey.AGGREGATED_COMPLETED_BY) != null) { // nobody is answered
            LOG.warn("what an aggregate step let out has failed, {}: {}", row.code(), described(failure));
        } else {
            LOG.atLevel(row.level())
                    .log("request {} answered {} {}: {}", requestId, row.status(), row.code(), described(failure));
        }
    }

    private static String described(@Nullable Throwable failure) {
        if (failure == null) {
            return "unknown";
        }
        Throwable root = failure;
        for (int i = 0; root.getCause() != null && i < FailureTable.CAUSES_LOOKED_AT; i++) {
            root = root.getCause();
        }
        return root == failure ? failure.toString() : failure + ", because of " + root;
    }
}
