package dev.mehari.eip.seda;

import org.apache.camel.Component;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Producer;
import org.apache.camel.component.seda.SedaEndpoint;

/** An endpoint whose queue is an {@link EventQueue}: only a {@code wireTap} of calls fills it, and one thread empties it. */
final class EventsEndpoint extends SedaEndpoint {
    EventsEndpoint(String uri, Component component, EventQueue events, int concurrentConsumers) {
        super(uri, component, events, concurrentConsumers);
        events.attach(this);
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(
                this + ": events come into this queue through a wireTap whose onPrepare names a tap of calls");
    }

    @Override
    public PollingConsumer createPollingConsumer() {
        throw new UnsupportedOperationException(
                this + ": a queue of events cannot be polled; use it in a route's from");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SedaOptions.checkOneQueue(this);
    }
}
