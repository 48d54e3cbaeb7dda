package dev.mehari.eip.throttle;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** An exchange that is delayed, and whom to tell when it may go on. */
final class Waiter {
    private final Exchange exchange;
    private final AsyncCallback callback;

    Waiter(Exchange exchange, AsyncCallback callback) {
        this.exchange = exchange;
        this.callback = callback;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Ends the wait: the exchange is the route's again. */
    void goOn() {
        callback.done(false);
    }
}
