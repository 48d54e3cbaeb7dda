package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.KeyAnswers.BadBody;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code PATCH /api/keys/{id}} with the key as it is now: what the body gives has changed, null has reset, the rest is
 * as it was. 400 with the field for what cannot be, and nothing has changed; named {@code editKey}.
 */
public final class EditKey implements Processor {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public EditKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(this::edit).process(exchange);
    }

    private void edit(Exchange exchange) throws InvalidKeyField, BadBody, StorageUnavailable {
        long id = KeyAnswers.id(exchange);
        ObjectNode body = KeyAnswers.body(exchange);
        answers.put(exchange, keys.edit(id, before -> KeyForm.edit(body, before)));
    }
}
