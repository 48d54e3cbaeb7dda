package dev.mehari.retry;

import dev.mehari.exchange.Call;
import dev.mehari.failure.ClientGone;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Begins each try; named {@code beginTry} in the routes. Counts the call for the budget at its first, and ends one whose
 * client has left while the next was waited for with {@link ClientGone}.
 */
public final class BeginTry implements Processor {
    private final RetryBudget budget;
    private final LongSupplier nanos;

    /** @param nanos monotonic time */
    public BeginTry(RetryBudget budget, LongSupplier nanos) {
        this.budget = budget;
        this.nanos = nanos;
    }

    @Override
    public void process(Exchange exchange) throws ClientGone {
        if (RetryState.of(exchange) == null) {
            budget.called(nanos.getAsLong());
            return;
        }
        Call call = Call.of(exchange);
        if (call != null && call.isClientGone()) {
            throw new ClientGone();
        }
    }
}
