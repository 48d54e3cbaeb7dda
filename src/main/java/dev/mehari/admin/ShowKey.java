package dev.mehari.admin;

import dev.mehari.admin.KeyAnswers.NoSuchKey;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyEntry;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers {@code GET /api/keys/{id}} with one key, deleted or not, 404 when there is none; named {@code showKey}. */
public final class ShowKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public ShowKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(this::show).process(exchange);
    }

    private void show(Exchange exchange) throws InvalidKeyField, NoSuchKey, StorageUnavailable {
        KeyEntry key = keys.get(KeyAnswers.id(exchange)).orElseThrow(NoSuchKey::new);
        AdminAnswer.put(exchange, 200, answers.json(key));
    }
}
