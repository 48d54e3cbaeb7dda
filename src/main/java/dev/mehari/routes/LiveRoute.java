package dev.mehari.routes;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.model.RouteDefinition;

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

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
