package dev.mehari.eip.seda;

import dev.mehari.admission.Permit;
import dev.mehari.exchange.Call;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.seda.SedaConsumer;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/** Processes what was admitted, on the thread that brings it. Its own thread ends at once: there is nothing to poll. */
final class AdmissionConsumer extends SedaConsumer {
    private final AdmissionQueue admission;

    AdmissionConsumer(AdmissionEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.admission = endpoint.admission();
    }

    /**
     * Starts {@code exchange}, which gives the permit back when its call or it itself ends; at once when it does not even
     * start.
     */
    void start(Exchange exchange, Permit permit, @Nullable Call call, boolean awaited) throws Exception {
        if (call == null) {
            exchange.getExchangeExtension().addOnCompletion(new GivesBack(permit));
        } else {
            call.onEnd(permit::close);
        }
        try {
            Exchange prepared = prepareExchange(exchange);
            sendToConsumers(prepared, doneSync -> {
                if (!awaited) {
                    onProcessingDone(exchange, prepared);
                }
            });
        } catch (Exception e) {
            permit.close();
            throw e;
        }
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

    private static final class GivesBack extends SynchronizationAdapter {
        private final Permit permit;

        GivesBack(Permit permit) {
            this.permit = permit;
        }

        @Override
        public void onDone(Exchange exchange) {
            permit.close();
        }

        @Override
        public boolean allowHandover() {
            return false;
        }
    }
}
