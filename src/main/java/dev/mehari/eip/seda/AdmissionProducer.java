package dev.mehari.eip.seda;

import dev.mehari.admission.Admission;
import dev.mehari.admission.Permit;
import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.SedaConsumerNotAvailableException;
import org.apache.camel.component.seda.SedaProducer;
import org.jspecify.annotations.Nullable;

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
        boolean awaited = SedaOptions.awaitsReply(endpoint, exchange);
        Permit permit = queue.gate().tryEnter();
        exchange.setProperty(ExchangeKeys.QUEUE_MS, 0L);
        Exchange copy = prepareCopy(exchange, !awaited);
        Reply reply = null;
        if (awaited) {
            reply = new Reply(exchange, callback);
            copy.getExchangeExtension().addOnCompletion(reply);
        }
        if (permit != null) {
            start(consumer, copy, permit, Call.of(exchange), reply);
        } else {
            queueUp(exchange, copy, reply);
        }
        if (reply != null) {
            return reply.leaveProcess();
        }
        callback.done(true);
        return true;
    }

    private static void start(
            AdmissionConsumer consumer, Exchange copy, Permit permit, @Nullable Call call, @Nullable Reply reply) {
        try {
            consumer.start(copy, permit, call, reply != null);
        } catch (Exception e) {
            if (reply != null) {
                reply.fail(e);
            } else {
                consumer.getExceptionHandler().handleException("Error processing exchange", copy, e);
            }
        }
    }

    private void queueUp(Exchange exchange, Exchange copy, @Nullable Reply reply) {
        AdmissionTicket ticket = AdmissionTicket.of(copy, reply, queue, endpoint.threads());
        Admission admission = ticket.enter();
        if (admission instanceof Admission.Admitted admitted) {
            ticket.granted(admitted.permit(), 0);
        } else if (admission instanceof Admission.Refused refused) {
            if (reply == null) {
                // The completions of a one-way exchange went to the copy, which ends here.
                copy.getExchangeExtension().handoverCompletions(exchange);
                exchange.setException(refused.failure());
            } else {
                reply.fail(refused.failure());
            }
        }
    }
}
