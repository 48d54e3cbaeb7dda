package dev.mehari.relay;

import dev.mehari.failure.AnsweredByUpstream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.support.ExchangeHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the upstream's own answer the exchange's message where its status was the failure: an upstream's 503 reaches the
 * client as it came. For {@code onException} of {@code NettyHttpOperationFailedException} and {@code UpstreamRefused}.
 */
public final class PassUpstreamAnswer implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(PassUpstreamAnswer.class);

    @Override
    public void process(Exchange exchange) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        AnsweredByUpstream answered = AnsweredByUpstream.in(caught);
        if (answered == null) {
            throw new IllegalStateException(
                    "No upstream answer to pass on; " + ExchangeHelper.getRouteId(exchange), caught);
        }
        if (exchange.getProperty(ExchangePropertyKey.AGGREGATED_COMPLETED_BY) != null) { // nobody is answered
            LOG.warn("what an aggregate step let out has failed: an upstream answered {}", answered.status());
        }
        exchange.setMessage(answered.answer());
    }
}
