package dev.mehari.testing;

import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultHeadersMapFactory;
import org.apache.camel.support.DefaultExchange;

/** Exchanges as a route sees them, header names without regard to case included, in a context that never starts. */
public final class TestExchange {
    private TestExchange() {}

    public static Exchange create() {
        var context = new DefaultCamelContext();
        context.getCamelContextExtension().setHeadersMapFactory(new DefaultHeadersMapFactory());
        return new DefaultExchange(context);
    }
}
