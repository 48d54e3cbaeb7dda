package dev.mehari.eip;

import dev.mehari.eip.breaker.OpenBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A Camel context for small YAML routes on Camel's own EIPs or on Mehari's. Routes begin at {@code direct:in}. */
public final class EipRoutes implements AutoCloseable {
    private final CamelContext context = new DefaultCamelContext();
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final OpenBreakers openBreakers;
    private final UpstreamBreakers upstreamBreakers;
    private final ProducerTemplate producer = context.createProducerTemplate();

    public EipRoutes(Parts parts) {
        this(parts, System::nanoTime);
    }

    public EipRoutes(Parts parts, LongSupplier nanos) {
        openBreakers = new OpenBreakers(nanos);
        upstreamBreakers =
                new UpstreamBreakers(exchange -> exchange.getProperty("upstream", String.class), openBreakers);
        context.getRegistry().bind("breakers", breakers);
        context.getRegistry().bind("bulkheads", bulkheads);
        if (parts == Parts.MEHARI) {
            context.getCamelContextExtension()
                    .addContextPlugin(ProcessorFactory.class, new NonBlockingEips(timer, nanos, upstreamBreakers));
        }
    }

    public EipRoutes bind(String name, Object bean) {
        context.getRegistry().bind(name, bean);
        return this;
    }

    public EipRoutes start(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("routes.camel.yaml", yaml));
        context.start();
        return this;
    }

    /** Sends an exchange and waits for its end. */
    public Exchange send(Processor prepare) {
        return producer.send("direct:in", prepare);
    }

    /** Sends an exchange and waits for nothing. */
    public CompletableFuture<Exchange> sendAsync(Processor prepare) throws Exception {
        Exchange exchange = context.getEndpoint("direct:in").createExchange();
        prepare.process(exchange);
        return producer.asyncSend("direct:in", exchange);
    }

    public CamelContext context() {
        return context;
    }

    public CircuitBreaker breaker() {
        return breakers.circuitBreaker("breaker");
    }

    public BulkheadRegistry bulkheads() {
        return bulkheads;
    }

    /** Exchanges call the upstream that their property {@code upstream} names. */
    public UpstreamBreakers upstreamBreakers() {
        return upstreamBreakers;
    }

    public OpenBreakers openBreakers() {
        return openBreakers;
    }

    @Override
    public void close() {
        context.stop();
        timer.shutdownNow();
    }
}
