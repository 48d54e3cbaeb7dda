package dev.mehari.app;

import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets what an operator changes here be in force here when the answer comes; other instances hear of it by themselves. */
final class InForce {
    private static final Logger LOG = LoggerFactory.getLogger(InForce.class);

    /** Reads what is stored. Blocks. */
    @FunctionalInterface
    interface Reload {
        void now() throws StorageUnavailable;
    }

    private final Reload reload;

    InForce(Reload reload) {
        this.reload = reload;
    }

    Processor after(Processor change) {
        return exchange -> {
            change.process(exchange);
            try {
                reload.now();
            } catch (StorageUnavailable away) {
                LOG.warn("What was changed is in force once the database is back", away);
            }
        };
    }
}
