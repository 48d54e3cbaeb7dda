package dev.mehari.admin;

import dev.mehari.caller.KeyRegistry;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code DELETE /api/keys/{id}} with the key, now deleted and refused, its name free again; named {@code deleteKey}.
 * {@link RestoreKey} takes it back.
 */
public final class DeleteKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public DeleteKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(request -> answers.put(request, keys.delete(KeyAnswers.id(request))))
                .process(exchange);
    }
}
