package dev.mehari.eip.breaker;

import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * An exchange that the breaker's steps work on directly. That is a third cheaper than a copy, and enough where there is no
 * fallback to be shown the request and no timeout to let the steps go on alone. After a failure the message and the error
 * handling are as before the steps, as with a copy; properties that the steps set stay.
 */
final class BorrowedExchange {
    private final Exchange exchange;
    private final Message before;
    private final boolean exhausted;
    private final boolean failureHandled;

    BorrowedExchange(Exchange exchange) {
        this.exchange = exchange;
        before = exchange.getMessage().copy();
        exhausted = exchange.getExchangeExtension().isRedeliveryExhausted();
        failureHandled = exchange.getExchangeExtension().isFailureHandled();
    }

    /** Takes the steps' failure out of the exchange. */
    void dropFailure() {
        exchange.setException(null);
        exchange.setMessage(before);
        exchange.setRouteStop(false);
        exchange.getExchangeExtension().setRedeliveryExhausted(exhausted);
        exchange.getExchangeExtension().setFailureHandled(failureHandled);
        exchange.getExchangeExtension().setErrorHandlerHandled(null);
    }
}
