package dev.mehari.eip.seda;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.apache.camel.Component;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.seda.BlockingQueueFactory;
import org.apache.camel.component.seda.SedaConsumer;
import org.apache.camel.component.seda.SedaEndpoint;

/** An endpoint with a queue as Camel's own; its request-replies hold no thread. */
final class NonBlockingSedaEndpoint extends SedaEndpoint {
    private final PendingReplies replies;

    NonBlockingSedaEndpoint(
            String uri,
            Component component,
            BlockingQueueFactory<Exchange> queueFactory,
            int concurrentConsumers,
            PendingReplies replies) {
        super(uri, component, queueFactory, concurrentConsumers);
        this.replies = replies;
    }

    NonBlockingSedaEndpoint(
            String uri,
            Component component,
            BlockingQueue<Exchange> queue,
            int concurrentConsumers,
            PendingReplies replies) {
        super(uri, component, queue, concurrentConsumers);
        this.replies = replies;
    }

    @Override
    public Producer createProducer() {
        SedaOptions.checkProducer(this);
        return new NonBlockingSedaProducer(this, replies);
    }

    @Override
    protected SedaConsumer createNewConsumer(Processor processor) {
        return new NonBlockingSedaConsumer(this, processor, replies);
    }

    /** Discards what waits; callers that wait for a reply are told, where Camel lets them run into their timeout. */
    @Override
    public void purgeQueue() {
        List<Exchange> purged = new ArrayList<>();
        getQueue().drainTo(purged);
        replies.purged(purged);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SedaOptions.checkOneQueue(this);
    }
}
