package dev.mehari.eip.seda;

import java.io.IOException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.SedaConsumerNotAvailableException;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.component.seda.SedaProducer;

/**
 * Puts exchanges on the queue and returns. The caller of a request-reply goes on when the copy on the queue is done, or
 * after the timeout. Failures, a full queue included, are always the exchange's exception.
 */
final class NonBlockingSedaProducer extends SedaProducer {
    private final SedaEndpoint endpoint;
    private final PendingReplies replies;

    NonBlockingSedaProducer(SedaEndpoint endpoint, PendingReplies replies) {
        super(
                endpoint,
                endpoint.getWaitForTaskToComplete(),
                endpoint.getTimeout(),
                endpoint.isBlockWhenFull(),
                endpoint.isDiscardWhenFull(),
                endpoint.getOfferTimeout());
        this.endpoint = endpoint;
        this.replies = replies;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (!SedaOptions.awaitsReply(endpoint, exchange)) {
            try {
                addToQueue(exchange, true);
            } catch (SedaConsumerNotAvailableException | IOException | RuntimeException e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }
        if (endpoint.isBlockWhenFull()) {
            exchange.setException(new IllegalArgumentException(SedaOptions.blockingReply(endpoint)));
            callback.done(true);
            return true;
        }
        Exchange copy = prepareCopy(exchange, false);
        Reply reply = replies.await(endpoint, exchange, copy, callback, endpoint.getTimeout());
        try {
            addToQueue(copy, false);
        } catch (SedaConsumerNotAvailableException | IOException | RuntimeException e) {
            reply.fail(e);
        }
        return reply.leaveProcess();
    }
}
