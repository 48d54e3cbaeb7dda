package dev.mehari.retry;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends a try that has succeeded; named {@code endTry} in the routes. Takes away what is left on the exchange of failures that
 * the call got over, lest a later look takes them for the call's own.
 */
public final class EndTry implements Processor {
    @Override
    public void process(Exchange exchange) {
        if (RetryState.of(exchange) != null) {
            exchange.removeProperty(Exchange.EXCEPTION_CAUGHT);
        }
    }
}
