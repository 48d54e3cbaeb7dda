package dev.mehari.caller;

import dev.mehari.failure.RequestRejected;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Stands in for {@link IdentifyCaller} where no key is needed ({@code --no-auth}): everyone is {@link Caller#ANONYMOUS}.
 * Credentials are taken off all the same.
 */
public final class AdmitAnyone implements Processor {
    @Override
    public void process(Exchange exchange) throws RequestRejected {
        CallerHeaders headers = CallerHeaders.takeFrom(exchange.getMessage().getHeaders());
        int priority = RequestPriority.of(headers.priority(), Caller.ANONYMOUS.priority());
        IdentifyCaller.identify(Caller.ANONYMOUS, priority, exchange);
    }
}
