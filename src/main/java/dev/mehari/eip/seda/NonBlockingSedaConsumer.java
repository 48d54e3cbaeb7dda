package dev.mehari.eip.seda;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.seda.SedaConsumer;
import org.apache.camel.component.seda.SedaEndpoint;

/** Takes exchanges off the queue. A failure that travels back to a waiting caller is not logged here as well. */
final class NonBlockingSedaConsumer extends SedaConsumer {
    private final PendingReplies replies;

    NonBlockingSedaConsumer(SedaEndpoint endpoint, Processor processor, PendingReplies replies) {
        super(endpoint, processor);
        this.replies = replies;
    }

    @Override
    protected void sendToConsumers(Exchange exchange, AsyncCallback callback) throws Exception {
        if (!replies.isAwaited(exchange)) {
            super.sendToConsumers(exchange, callback);
            return;
        }
        try {
            super.sendToConsumers(exchange, doneSync -> {});
        } catch (Exception e) {
            replies.fail(exchange, e);
        }
    }
}
