package dev.mehari.relay;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.jspecify.annotations.Nullable;

/** A {@code netty-http} endpoint with Mehari's consumer and producer. */
public final class RelayEndpoint extends NettyHttpEndpoint {
    private static final int LAST_PORT = 65_535;

    private final RelayHttpComponent component;
    private final RelayOptions options;

    RelayEndpoint(NettyHttpEndpoint stock, RelayHttpComponent component, RelayOptions options) {
        super(stock.getEndpointUri(), component, stock.getConfiguration());
        this.component = component;
        this.options = options;
        setNettyHttpBinding(stock.getNettyHttpBinding());
        setHeaderFilterStrategy(stock.getHeaderFilterStrategy());
        setTraceEnabled(stock.isTraceEnabled());
        setHttpMethodRestrict(stock.getHttpMethodRestrict());
        setBridgeErrorHandler(stock.isBridgeErrorHandler());
        setLazyStartProducer(stock.isLazyStartProducer());
        setExchangePattern(stock.getExchangePattern());
        setExceptionHandler(stock.getExceptionHandler());
    }

    @Override
    public RelayHttpComponent getComponent() {
        return component;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (getConfiguration().isSsl()) {
            throw new IllegalArgumentException(
                    "netty-http does not serve TLS here: put a TLS-terminating balancer in front, and use http");
        }
        int port = getConfiguration().getPort();
        if (getConfiguration().getHost() == null || port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException(
                    "netty-http needs an address to listen on, with a host name or an IP address"
                            + " and a port from 0 to " + LAST_PORT
                            + ", such as http://0.0.0.0:8080 or http://[::1]:8080");
        }
        RelayConsumer consumer = new RelayConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() throws Exception {
        return new RelayProducer(this);
    }

    UpstreamTimeouts timeouts() {
        long request = TimeUnit.MILLISECONDS.toNanos(getConfiguration().getRequestTimeout());
        return new UpstreamTimeouts(
                TimeUnit.MILLISECONDS.toNanos(getConfiguration().getConnectTimeout()),
                options.firstByteNanos() < 0 ? request : options.firstByteNanos(),
                options.idleNanos() < 0 ? request : options.idleNanos(),
                Math.max(0, options.totalNanos()),
                false);
    }

    RelayTarget target() throws Exception {
        URI uri = URI.create(getEndpointUri());
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        UpstreamAddress address = new UpstreamAddress(
                getConfiguration().getHost(),
                getConfiguration().getPort(),
                getConfiguration().isSsl()
                        ? component.tls().context(getConfiguration().getSslContextParameters())
                        : null,
                null);
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return new RelayTarget(address, base, query(uri), UpstreamLocation.TimeLimits.ENDPOINTS);
    }

    private static @Nullable String query(URI uri) {
        return uri.getRawQuery();
    }
}
