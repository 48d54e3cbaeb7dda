package dev.mehari.eip.seda;

import dev.mehari.admission.Permit;
import dev.mehari.exchange.Call;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.seda.SedaConsumer;
import org.jspecify.annotations.Nullable;

/** Processes what was admitted, on the thread that brings it. Its own thread ends at once: there is nothing to poll. */
final class AdmissionConsumer extends SedaConsumer {
    private final AdmissionQueue admission;

    AdmissionConsumer(AdmissionEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.admission = endpoint.admission();
    }

    /**
     * Processes the caller's own exchange; the permit goes back when its call ends, or, without a call, when the route
     * does. As {@link org.apache.camel.AsyncProcessor#process}.
     */
    boolean run(Exchange exchange, Permit permit, @Nullable Call call, AsyncCallback callback) {
        if (call != null) {
            call.onEnd(permit::close);
            return getAsyncProcessor().process(exchange, callback);
        }
        return getAsyncProcessor().process(exchange, doneSync -> {
            permit.close();
            callback.done(doneSync);
        });
    }

    /** Processes an exchange that nobody waits for. */
    void runAlone(Exchange copy, Permit permit) {
        Exchange prepared = prepareExchange(copy);
        run(prepared, permit, Call.of(copy), doneSync -> onProcessingDone(copy, prepared));
    }

    @Override
    protected void doRun() {}

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        admission.attach(this);
    }

    @Override
    protected void doSuspend() throws Exception {
        admission.detach(this);
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        admission.attach(this);
    }

    @Override
    protected void doStop() throws Exception {
        admission.detach(this);
        super.doStop();
    }
}
