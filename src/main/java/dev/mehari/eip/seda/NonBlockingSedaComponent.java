package dev.mehari.eip.seda;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.BlockingQueueFactory;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.component.seda.SedaEndpoint;

/**
 * Serves {@code seda:} when bound in the registry under that name. Differs from Camel's own in request-reply only: the
 * producer returns at once, and the caller's route goes on, on the thread that has the reply, when it is there. With an
 * {@link AdmissionQueue} as its {@code queue} an endpoint starts exchanges as permits come free, with an {@link EventQueue}
 * it makes exchanges of batches of events.
 */
public final class NonBlockingSedaComponent extends SedaComponent {
    private final SedaThreads threads = new SedaThreads(this);
    private final PendingReplies replies = new PendingReplies(threads);

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Set<String> given = Set.copyOf(parameters.keySet());
        Endpoint endpoint = super.createEndpoint(uri, remaining, parameters);
        if (endpoint instanceof AdmissionEndpoint admission) {
            SedaOptions.checkAdmission(admission, given);
        } else if (endpoint instanceof EventsEndpoint events) {
            SedaOptions.checkEvents(events, given);
        }
        return endpoint;
    }

    @Override
    protected SedaEndpoint createEndpoint(
            String uri, Component component, BlockingQueueFactory<Exchange> queueFactory, int concurrentConsumers) {
        return new NonBlockingSedaEndpoint(uri, component, queueFactory, concurrentConsumers, replies);
    }

    @Override
    protected SedaEndpoint createEndpoint(
            String uri, Component component, BlockingQueue<Exchange> queue, int concurrentConsumers) {
        if (queue instanceof AdmissionQueue admission) {
            return new AdmissionEndpoint(uri, component, admission, concurrentConsumers, threads);
        }
        if (queue instanceof EventQueue events) {
            return new EventsEndpoint(uri, component, events, concurrentConsumers);
        }
        return new NonBlockingSedaEndpoint(uri, component, queue, concurrentConsumers, replies);
    }

    @Override
    protected void doStop() throws Exception {
        replies.failAll();
        threads.stop();
        super.doStop();
    }
}
