package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.RequestRejected;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Sets {@code mehari.upstream} by the dialect of the call; named {@code chooseUpstream} in the routes. Fails with
 * {@link RequestRejected} when no upstream speaks it.
 */
public final class ChooseUpstream implements Processor {
    private final Upstreams upstreams;

    public ChooseUpstream(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void process(Exchange exchange) throws RequestRejected {
        Dialect dialect = (Dialect) exchange.getProperty(ExchangeKeys.DIALECT);
        exchange.setProperty(ExchangeKeys.UPSTREAM, upstreams.forDialect(dialect == null ? Dialect.PLAIN : dialect));
    }
}
