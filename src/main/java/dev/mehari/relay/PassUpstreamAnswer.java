package dev.mehari.relay;

import dev.mehari.failure.AnsweredByUpstream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ExchangeHelper;

/**
 * Makes the upstream's own answer the exchange's message where its status was the failure: an upstream's 503 reaches the
 * client as it came. For {@code onException} of {@code NettyHttpOperationFailedException} and {@code UpstreamRefused}.
 */
public final class PassUpstreamAnswer implements Processor {
    @Override
    public void process(Exchange exchange) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        AnsweredByUpstream answered = AnsweredByUpstream.in(caught);
        if (answered == null) {
            throw new IllegalStateException(
                    "No upstream answer to pass on; " + ExchangeHelper.getRouteId(exchange), caught);
        }
        exchange.setMessage(answered.answer());
    }
}
