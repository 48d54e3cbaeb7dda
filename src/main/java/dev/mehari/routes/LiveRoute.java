package dev.mehari.routes;

import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;

/**
 * A route as one state of its file has it. Versions that share the file share it.
 *
 * @param id as the file has it
 * @param definition carries the id that is unique in the context
 * @param entry what its {@code from} says
 */
record LiveRoute(String id, RouteFile file, RouteDefinition definition, Entry entry, LiveEndpoint from) {
    boolean process(Exchange exchange, AsyncCallback callback) {
        return from.process(exchange, callback);
    }

    /** Is told of each version in force that has it. */
    void newest(Version version) {
        from.newest(version);
        entry.home(version);
    }

    /** How many groups its {@code aggregate} steps have let out and are not through, or with {@code completeAllOnStop} still keep. */
    int gathering() {
        return keeping()
                .mapToInt(step -> step.getPendingExchangesSize()
                        + (step instanceof AggregateProcessor groups ? groups.getInProgressCompleteExchanges() : 0))
                .sum();
    }

    /**
     * Lets out what its {@code aggregate} steps with {@code forceCompletionOnStop} have gathered; blocks until it is through, or
     * interrupted.
     */
    void letGatheredOut() {
        keeping().forEach(step -> step.prepareShutdown(false, false));
    }

    /** The steps that may keep an exchange after it has gone through the route. */
    private Stream<ShutdownAware> keeping() {
        Route route = from.getCamelContext().getRoute(definition.getId());
        return route == null
                ? Stream.of()
                : route.getServices().stream()
                        .flatMap(service -> ServiceHelper.getChildServices(service).stream())
                        .filter(service -> service instanceof ShutdownAware && !(service instanceof Consumer))
                        .map(ShutdownAware.class::cast)
                        .distinct(); // within each of the services around it
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
