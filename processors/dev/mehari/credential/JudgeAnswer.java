package dev.mehari.credential;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.UpstreamRefused;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Tells the pool what the answer in the message says of the credential, and ends the try when the answer has ended; named
 * {@code judgeAnswer} in the routes, after the circuit breaker. A caller's own fault (400, 404, 413, 422) is a success of
 * the credential's. A stream counts when it ends: complete as a success, broken as a failure; given up, or at the end of
 * the call's own time, as neither.
 *
 * <p>Fails with {@link UpstreamRefused} for 401, 403, 429 and every status that a bench rule names, so that another way is
 * tried; {@code noteFailure} tells the pool of it then.
 */
public final class JudgeAnswer implements Processor {
    private final CredentialPool pool;

    public JudgeAnswer(CredentialPool pool) {
        this.pool = pool;
    }

    @Override
    public void process(Exchange exchange) throws UpstreamRefused {
        if (!(exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt)) {
            return;
        }
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
        Answer answer = Answer.of(status, message);
        if (status >= 400 && pool.isRefusal(status, answer.body())) {
            throw new UpstreamRefused(status, message.copy());
        }
        if (pool.learnsCaps()) {
            pool.told(attempt, remaining(answer));
        }
        if (message.getBody() instanceof StreamBody stream) {
            stream.onEnd(end -> ended(attempt, status, end));
        } else if (status >= 500) {
            pool.failed(attempt, "http_" + status);
        } else {
            pool.succeeded(attempt);
        }
    }

    private void ended(Attempt attempt, int status, StreamEnd end) {
        if ((end instanceof StreamEnd.Failed failed && !(failed.cause() instanceof DeadlineExceeded))
                || (end instanceof StreamEnd.Complete && status >= 500)) {
            pool.failed(attempt, status >= 500 ? "http_" + status : "upstream_broken");
        } else if (end instanceof StreamEnd.Complete) {
            pool.succeeded(attempt);
        } else {
            attempt.end();
        }
    }

    /** Requests that may still be sent, as the headers say; -1 when they do not. */
    private static long remaining(Answer answer) {
        long openAi = number(answer.header("x-ratelimit-remaining-requests"));
        return openAi >= 0 ? openAi : number(answer.header("anthropic-ratelimit-requests-remaining"));
    }

    private static long number(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 18) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        return Long.parseLong(text);
    }
}
