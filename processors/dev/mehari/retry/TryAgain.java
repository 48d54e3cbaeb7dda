package dev.mehari.retry;

import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** What {@link NoteFailure} has decided; named {@code tryAgain} in the routes' {@code retryWhile}. */
public final class TryAgain implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        RetryState state = RetryState.of(exchange);
        return state != null && state.isAgain();
    }
}
