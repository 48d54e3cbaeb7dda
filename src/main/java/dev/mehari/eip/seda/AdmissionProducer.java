package dev.mehari.eip.seda;

import dev.mehari.admission.Admission;
import dev.mehari.admission.Permit;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.SedaConsumerNotAvailableException;
import org.apache.camel.component.seda.SedaProducer;

/**
 * Asks for a permit. With one free the exchange starts here and now; else an {@link AdmissionTicket} waits for it. Refusals
 * are the exchange's exception.
 */
final class AdmissionProducer extends SedaProducer {
    private final AdmissionEndpoint endpoint;
    private final AdmissionQueue queue;

    AdmissionProducer(AdmissionEndpoint endpoint) {
        super(endpoint, endpoint.getWaitForTaskToComplete(), 0, false, false, 0);
        this.endpoint = endpoint;
        this.queue = endpoint.admission();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        AdmissionConsumer consumer = queue.consumer();
        if (consumer == null) {
            exchange.setException(
                    new SedaConsumerNotAvailableException("No consumers available on endpoint: " + endpoint, exchange));
            callback.done(true);
            return true;
        }
        exchange.setProperty(ExchangeKeys.QUEUE_MS, 0L);
        return SedaOptions.awaitsReply(endpoint, exchange)
                ? admit(consumer, exchange, callback)
                : send(consumer, exchange, callback);
    }

    /**
     * The caller waits for the outcome, so it lends its exchange to the consumer as {@code direct} does: a copy, and the
     * copying back, would cost more than all of admission.
     */
    private boolean admit(AdmissionConsumer consumer, Exchange exchange, AsyncCallback callback) {
        Permit permit = queue.gate().tryEnter();
        if (permit != null) {
            return consumer.run(exchange, permit, Call.of(exchange), callback);
        }
        AdmissionTicket ticket = AdmissionTicket.of(exchange, callback, queue, endpoint.threads());
        Admission admission = ticket.enter();
        if (admission instanceof Admission.Admitted admitted) {
            ticket.granted(admitted.permit(), 0);
        } else if (admission instanceof Admission.Refused refused) {
            exchange.setException(refused.failure());
            callback.done(true);
            return true;
        }
        return false;
    }

    /** One way: the consumer gets a copy, and the caller goes on. */
    private boolean send(AdmissionConsumer consumer, Exchange exchange, AsyncCallback callback) {
        Exchange copy = prepareCopy(exchange, true);
        Permit permit = queue.gate().tryEnter();
        if (permit != null) {
            consumer.runAlone(copy, permit);
        } else {
            AdmissionTicket ticket = AdmissionTicket.of(copy, null, queue, endpoint.threads());
            Admission admission = ticket.enter();
            if (admission instanceof Admission.Admitted admitted) {
                ticket.granted(admitted.permit(), 0);
            } else if (admission instanceof Admission.Refused refused) {
                // The completions of a one-way exchange went to the copy, which ends here.
                copy.getExchangeExtension().handoverCompletions(exchange);
                exchange.setException(refused.failure());
            }
        }
        callback.done(true);
        return true;
    }
}
