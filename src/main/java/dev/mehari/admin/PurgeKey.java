package dev.mehari.admin;

import dev.mehari.caller.KeyRegistry;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code DELETE /api/keys/{id}/purge} with the key as it was before it was removed for good; 400 for one that is not
 * deleted; named {@code purgeKey}.
 */
public final class PurgeKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public PurgeKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(request -> answers.put(request, keys.purge(KeyAnswers.id(request))))
                .process(exchange);
    }
}
