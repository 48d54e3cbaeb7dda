package dev.mehari.upstream;

import dev.mehari.caller.AllowList;
import dev.mehari.caller.Caller;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Forbidden;
import dev.mehari.failure.RequestRejected;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Sets {@code mehari.upstream} by the dialect of the call; named {@code chooseUpstream} in the routes. Fails with
 * {@link RequestRejected} when no upstream speaks it, and with {@link Forbidden} when the caller's key may not use it.
 */
public final class ChooseUpstream implements Processor {
    private final Upstreams upstreams;

    public ChooseUpstream(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void process(Exchange exchange) throws RequestRejected, Forbidden {
        Dialect dialect = (Dialect) exchange.getProperty(ExchangeKeys.DIALECT);
        Upstream upstream = upstreams.forDialect(dialect == null ? Dialect.PLAIN : dialect);
        if (exchange.getProperty(ExchangeKeys.CALLER) instanceof Caller caller) {
            check(caller.access().upstreams(), upstream);
        }
        exchange.setProperty(ExchangeKeys.UPSTREAM, upstream);
    }

    private static void check(AllowList allowed, Upstream upstream) throws Forbidden {
        if (!allowed.allows(upstream.name())) {
            throw new Forbidden(
                    "upstream_not_allowed",
                    "This API key may not be used for the upstream that this call would go to, " + upstream.name()
                            + ".",
                    Map.of("allowedUpstreams", allowed.patterns()));
        }
    }
}
