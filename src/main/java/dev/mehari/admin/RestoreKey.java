package dev.mehari.admin;

import dev.mehari.admin.KeyAnswers.BadBody;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code POST /api/keys/{id}/restore} with the key, no longer deleted; 400 when another key has its name by now;
 * named {@code restoreKey}.
 */
public final class RestoreKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public RestoreKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(this::restore).process(exchange);
    }

    private void restore(Exchange exchange) throws InvalidKeyField, BadBody, StorageUnavailable {
        KeyAnswers.noFields(exchange);
        answers.put(exchange, keys.restore(KeyAnswers.id(exchange)));
    }
}
