package dev.mehari.retry;

import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.Deadline;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.retry.RetryDecision.Again;
import dev.mehari.retry.RetryDecision.GiveUp;
import dev.mehari.retry.RetryDecision.Reason;
import dev.mehari.upstream.ResetHints;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.Ways;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Notes each failed try and decides whether there is another; named {@code noteFailure} in the routes' {@code onException},
 * where it runs before {@code retryWhile}. First the pool of credentials learns from the failure, so that what is left is
 * known; then {@link RetryRule} and {@link RetryBudget} decide, and the delay is put where Camel's redelivery looks for it. An
 * answer that will not be passed on is given up. Any thread.
 */
public final class NoteFailure implements Processor {
    private final Processor learn;
    private final Ways ways;
    private final RetryRule rule;
    private final RetryBudget budget;
    private final RetryCounts counts;
    private final @Nullable Duration totalTimeout;
    private final Clock clock;
    private final LongSupplier nanos;

    /**
     * Decides for all calls.
     *
     * @param learn told of the exchange with its failure first
     * @param totalTimeout how long all tries may take together where the upstream has no such limit of its own; null for ever
     * @param clock what dates in answers are compared with
     * @param nanos monotonic time
     */
    public NoteFailure(
            Processor learn,
            Ways ways,
            RetryRule rule,
            RetryBudget budget,
            RetryCounts counts,
            @Nullable Duration totalTimeout,
            Clock clock,
            LongSupplier nanos) {
        this.learn = learn;
        this.ways = ways;
        this.rule = rule;
        this.budget = budget;
        this.counts = counts;
        this.totalTimeout = totalTimeout;
        this.clock = clock;
        this.nanos = nanos;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Throwable failure = exchange.getException();
        RetryState state = RetryState.failed(exchange);
        if (failure == null) {
            return;
        }
        if (state.isKnown(failure)) {
            state.decide(new GiveUp(Reason.NO_WAY));
            return;
        }
        learn.process(exchange);
        AnsweredByUpstream answered = AnsweredByUpstream.in(failure);
        RetryDecision decision = decide(exchange, state, failure, answered);
        state.decide(decision);
        counts.count(decision);
        if (answered != null && answered.answer() == exchange.getMessage()) {
            // Camel puts the request into this very message for the next try; the answer may yet be passed on.
            exchange.setMessage(answered.answer().copy());
        }
        if (decision instanceof Again again) {
            exchange.getMessage()
                    .setHeader(Exchange.REDELIVERY_DELAY, again.delay().toMillis());
            if (answered != null) {
                drop(answered.answer());
            }
        }
    }

    private RetryDecision decide(
            Exchange exchange, RetryState state, Throwable failure, @Nullable AnsweredByUpstream answered) {
        Call call = Call.of(exchange);
        long now = nanos.getAsLong();
        Duration timeLeft = timeLeft(exchange, now);
        if (timeLeft != null) {
            exchange.setProperty(ExchangeKeys.TRY_BY_NANOS, now + timeLeft.toNanos());
        }
        RetryDecision decision = rule.decide(new FailedTry(
                failure,
                state.failures(),
                isIdempotent(exchange.getMessage()),
                call != null && call.isClientGone(),
                ways.left(exchange),
                answered == null ? null : asked(answered.answer()),
                timeLeft));
        return decision instanceof Again again && !again.free() && !budget.take(now)
                ? new GiveUp(Reason.BUDGET)
                : decision;
    }

    /** What is said outright comes before what limits tell. */
    private @Nullable Duration asked(Message answer) {
        ResetHints hints = ResetHints.of(answer::getHeader, clock.instant());
        return hints.asked() != null ? hints.asked() : hints.limits();
    }

    /** False also where the message is the upstream's answer: then its status alone decides. */
    private static boolean isIdempotent(Message request) {
        Object method = request.getHeader(Exchange.HTTP_METHOD);
        return method != null
                && switch (method.toString()) {
                    case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
                    default -> false;
                };
    }

    private @Nullable Duration timeLeft(Exchange exchange, long now) {
        Duration left = null;
        Duration total = totalTimeout(exchange);
        if (total != null
                && exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log
                && !log.attempts().isEmpty()) {
            left = total.minusNanos(now - log.attempts().get(0).startedNanos());
        }
        long clients = Deadline.nanosLeft(exchange, now);
        return clients != Deadline.NONE && (left == null || clients < left.toNanos())
                ? Duration.ofNanos(clients)
                : left;
    }

    private @Nullable Duration totalTimeout(Exchange exchange) {
        Duration own = exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream
                ? upstream.options().timeouts().total()
                : null;
        return own == null ? totalTimeout : own;
    }

    private static void drop(Message answer) {
        if (answer.getBody() instanceof StreamBody stream) {
            stream.discard();
            // Should it be passed on after all, then without what has not been kept.
            answer.setBody(new byte[0]);
            answer.removeHeader(Exchange.CONTENT_ENCODING);
        }
    }
}
