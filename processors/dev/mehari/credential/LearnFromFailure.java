package dev.mehari.credential;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Tells the pool how a try has failed, and ends it; {@code noteFailure} of the routes runs it first. An answer
 * benches by rule. No connection, no answer in time or a broken one is the upstream's doing: a failure, but no reason to
 * leave the credential alone. A client that left, or a refusal of our own, says nothing. Runs before it is decided whether
 * the call is tried again, and may run for a call that has no try.
 */
public final class LearnFromFailure implements Processor {
    private static final int MOST_CAUSES = 8;

    private final CredentialPool pool;

    public LearnFromFailure(CredentialPool pool) {
        this.pool = pool;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt)) {
            return;
        }
        Throwable failure = exchange.getException();
        if (failure == null) {
            failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        }
        AnsweredByUpstream answered = AnsweredByUpstream.in(failure);
        MehariFailure upstreams = upstreams(failure);
        if (answered != null) {
            pool.refused(attempt, Answer.of(answered.status(), answered.answer()));
        } else if (upstreams != null) {
            pool.failed(attempt, upstreams.code());
        } else {
            attempt.end();
        }
    }

    private static @Nullable MehariFailure upstreams(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof UpstreamUnreachable
                    || cause instanceof UpstreamTimeout
                    || cause instanceof UpstreamBroken) {
                return (MehariFailure) cause;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
