package dev.mehari.admin;

import dev.mehari.admin.KeyAnswers.BadBody;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyFields;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.NewKey;
import dev.mehari.failure.StorageUnavailable;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code POST /api/keys} with 201 and the new key, this once with its text in {@code key}; 400 with the field for what
 * cannot be; named {@code createKey}.
 */
public final class CreateKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;
    private final SecureRandom random;

    public CreateKey(KeyRegistry keys, Clock clock, SecureRandom random) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
        this.random = random;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(this::create).process(exchange);
    }

    private void create(Exchange exchange) throws InvalidKeyField, BadBody, StorageUnavailable {
        KeyFields fields = KeyForm.create(KeyAnswers.body(exchange));
        NewKey key = NewKey.random(random);
        answers.put(exchange, keys.create(key, fields), 201, Map.of("key", key.key()));
    }
}
