package dev.mehari.eip.seda;

import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.WaitForTaskToComplete;
import org.apache.camel.component.seda.QueueReference;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.support.ExchangeHelper;

/** Which options of {@code seda:} go together. What does not is refused with an {@link IllegalArgumentException}. */
final class SedaOptions {
    private SedaOptions() {}

    /** True when the producer's caller waits for the consumer's result, as Camel decides it. */
    static boolean awaitsReply(SedaEndpoint endpoint, Exchange exchange) {
        WaitForTaskToComplete wait = endpoint.getWaitForTaskToComplete();
        if (exchange.getProperty(Exchange.ASYNC_WAIT) != null) {
            wait = exchange.getProperty(Exchange.ASYNC_WAIT, WaitForTaskToComplete.class);
        }
        return wait == WaitForTaskToComplete.Always
                || (wait == WaitForTaskToComplete.IfReplyExpected && ExchangeHelper.isOutCapable(exchange));
    }

    static String blockingReply(SedaEndpoint endpoint) {
        return endpoint
                + ": blockWhenFull=true would hold the thread of a caller that waits for a reply. Leave it out (a"
                + " full queue then fails the exchange), or set waitForTaskToComplete=Never if only one-way messages are"
                + " sent here.";
    }

    static void checkProducer(SedaEndpoint endpoint) {
        if (endpoint.isDiscardIfNoConsumers() && endpoint.isFailIfNoConsumers()) {
            throw new IllegalArgumentException(
                    endpoint + ": discardIfNoConsumers and failIfNoConsumers contradict each other; keep one.");
        }
        if (endpoint.getWaitForTaskToComplete() == WaitForTaskToComplete.Never) {
            return;
        }
        if (endpoint.isBlockWhenFull()) {
            throw new IllegalArgumentException(blockingReply(endpoint));
        }
        boolean discards = endpoint.isDiscardWhenFull() || endpoint.isDiscardIfNoConsumers();
        if (discards && endpoint.getTimeout() <= 0) {
            throw new IllegalArgumentException(
                    endpoint + ": the caller of a discarded request would wait for ever. Set a timeout above 0, or"
                            + " waitForTaskToComplete=Never if only one-way messages are sent here.");
        }
    }

    /** Camel lets two endpoints of one name disagree about their queue, and then sends to one and reads from the other. */
    static void checkOneQueue(SedaEndpoint endpoint) {
        if (endpoint.getQueue() instanceof AdmissionQueue && !(endpoint instanceof AdmissionEndpoint)) {
            throw new IllegalArgumentException(
                    endpoint + ": its name is used with an admission queue. Give the same queue option everywhere.");
        }
        if (endpoint.getQueue() instanceof EventQueue && !(endpoint instanceof EventsEndpoint)) {
            throw new IllegalArgumentException(
                    endpoint + ": its name is used with a queue of events. Give the same queue option everywhere.");
        }
        QueueReference shared = endpoint.getQueueReference();
        if (shared != null && shared.getQueue() != endpoint.getQueue()) {
            throw new IllegalArgumentException(
                    endpoint + ": its name is used with another queue. Give the same queue option everywhere.");
        }
    }

    static void checkAdmission(SedaEndpoint endpoint, Set<String> given) {
        refuse(endpoint, given.contains("size"), "size", "the bound is proxy.max_queue");
        refuse(endpoint, given.contains("pollTimeout"), "pollTimeout", "no thread polls an admission queue");
        refuse(
                endpoint,
                endpoint.getConcurrentConsumers() != 1,
                "concurrentConsumers",
                "how many run at once is proxy.max_concurrent");
        refuse(endpoint, endpoint.isMultipleConsumers(), "multipleConsumers", "each request has one permit");
        refuse(endpoint, endpoint.isBlockWhenFull(), "blockWhenFull", "a full queue refuses");
        refuse(endpoint, endpoint.isDiscardWhenFull(), "discardWhenFull", "a full queue refuses");
        refuse(endpoint, endpoint.getOfferTimeout() > 0, "offerTimeout", "the wait is bounded by proxy.queue_timeout");
        refuse(endpoint, endpoint.isDiscardIfNoConsumers(), "discardIfNoConsumers", "a request is never dropped");
        refuse(endpoint, endpoint.isPurgeWhenStopping(), "purgeWhenStopping", "a request is never dropped");
    }

    static void checkEvents(SedaEndpoint endpoint, Set<String> given) {
        String kind = "a queue of events";
        refuse(endpoint, given.contains("size"), "size", kind, "the bound is mehari.audit.queue");
        refuse(endpoint, endpoint.getConcurrentConsumers() != 1, "concurrentConsumers", kind, "events have an order");
        refuse(endpoint, endpoint.isMultipleConsumers(), "multipleConsumers", kind, "each event is written once");
        refuse(endpoint, endpoint.isBlockWhenFull(), "blockWhenFull", kind, "no call waits for it");
        refuse(endpoint, endpoint.isPurgeWhenStopping(), "purgeWhenStopping", kind, "no event is thrown away");
    }

    static void checkAdmissionProducer(SedaEndpoint endpoint) {
        if (endpoint.getTimeout() > 0) {
            throw new IllegalArgumentException(endpoint
                    + ": an admission queue has its own time limit, proxy.queue_timeout, and a request that runs has the"
                    + " upstream's. Set timeout=0.");
        }
    }

    private static void refuse(SedaEndpoint endpoint, boolean refused, String option, String reason) {
        refuse(endpoint, refused, option, "an admission queue", reason);
    }

    private static void refuse(SedaEndpoint endpoint, boolean refused, String option, String kind, String reason) {
        if (refused) {
            throw new IllegalArgumentException(
                    endpoint + ": " + option + " is not for " + kind + ", " + reason + ". Leave it out.");
        }
    }
}
