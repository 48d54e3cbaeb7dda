package dev.mehari.routes;

import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/** The {@code from} of one route of one version: takes what its {@link Entry} hands over. In no registry. */
final class LiveEndpoint extends DefaultEndpoint {
    private volatile @Nullable Handed consumer;
    private volatile @Nullable Version newest;

    /** @param route id that no other route of the context has */
    LiveEndpoint(String route, CamelContext context) {
        super("live:" + route, null);
        setCamelContext(context);
    }

    /** The newest version that has its route; null before that is in force. */
    @Nullable
    Version newest() {
        return newest;
    }

    void newest(Version version) {
        newest = version;
    }

    /** As {@link AsyncProcessor#process}. An operator may have stopped the route alone; then the exchange fails. */
    boolean process(Exchange exchange, AsyncCallback callback) {
        Handed running = consumer;
        if (running == null || !running.isStarted()) {
            exchange.setException(new GatewayBusy(
                    GatewayBusy.Reason.SHUTTING_DOWN, "This route is stopped; try again later", Duration.ofSeconds(5)));
            callback.done(true);
            return true;
        }
        return running.getAsyncProcessor().process(exchange, callback);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        Handed made = new Handed(this, processor);
        consumer = made;
        return made;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(this + " takes exchanges from its entry only");
    }

    /** Has nothing to listen on: its entry does. */
    private static final class Handed extends DefaultConsumer implements Suspendable {
        Handed(LiveEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
        }
    }
}
