package dev.mehari.admin;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One resource of the admin API. What it refuses, and a database that is away (503 {@code storage_unavailable}), it answers in
 * the admin API's own shape, and the route stops. Resources may block: the management port runs them on worker threads.
 */
abstract class AdminResource implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(AdminResource.class);

    /** Puts the answer in place of the request. */
    abstract void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable;

    @Override
    public final void process(Exchange exchange) {
        try {
            answer(exchange);
        } catch (AdminRefusal refusal) {
            AdminAnswer.put(exchange, refusal);
        } catch (InvalidField wrong) {
            AdminAnswer.put(exchange, AdminRefusal.of(wrong));
        } catch (StorageUnavailable away) {
            LOG.warn("The admin API cannot answer: {}", away.getMessage());
            AdminAnswer.put(exchange, AdminRefusal.of(away));
        }
    }
}
