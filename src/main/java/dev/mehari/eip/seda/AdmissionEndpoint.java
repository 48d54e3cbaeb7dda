package dev.mehari.eip.seda;

import org.apache.camel.Component;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.seda.SedaConsumer;
import org.apache.camel.component.seda.SedaEndpoint;

/** An endpoint whose queue is an {@link AdmissionQueue}. */
final class AdmissionEndpoint extends SedaEndpoint {
    private final AdmissionQueue admission;
    private final SedaThreads threads;

    AdmissionEndpoint(
            String uri, Component component, AdmissionQueue admission, int concurrentConsumers, SedaThreads threads) {
        super(uri, component, admission, concurrentConsumers);
        this.admission = admission;
        this.threads = threads;
    }

    AdmissionQueue admission() {
        return admission;
    }

    SedaThreads threads() {
        return threads;
    }

    @Override
    public Producer createProducer() {
        SedaOptions.checkAdmissionProducer(this);
        return new AdmissionProducer(this);
    }

    @Override
    protected SedaConsumer createNewConsumer(Processor processor) {
        return new AdmissionConsumer(this, processor);
    }

    @Override
    public PollingConsumer createPollingConsumer() {
        throw new UnsupportedOperationException(
                this + ": an admission queue cannot be polled; use it in a route's from");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SedaOptions.checkOneQueue(this);
    }
}
