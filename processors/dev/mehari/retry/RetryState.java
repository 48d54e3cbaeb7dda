package dev.mehari.retry;

import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What has been decided for one call so far. Its tries follow each other, so it needs no lock. */
final class RetryState {
    private static final String KEY = "mehari.retry";

    private int failures;
    private @Nullable Throwable last;
    private @Nullable RetryDecision decision;

    /** Of the call in {@code exchange}; null while none of its tries has failed. */
    static @Nullable RetryState of(Exchange exchange) {
        return (RetryState) exchange.getProperty(KEY);
    }

    /** One more try has failed, and nothing is decided. */
    static RetryState failed(Exchange exchange) {
        RetryState state = of(exchange);
        if (state == null) {
            state = new RetryState();
            exchange.setProperty(KEY, state);
        }
        state.failures++;
        state.decision = null;
        return state;
    }

    /** True when {@code failure} is the one that was noted before: the next try found no way and gave it back. */
    boolean isKnown(Throwable failure) {
        boolean known = failure == last;
        last = failure;
        return known;
    }

    int failures() {
        return failures;
    }

    void decide(RetryDecision decided) {
        decision = decided;
    }

    boolean isAgain() {
        return decision instanceof RetryDecision.Again;
    }
}
