package dev.mehari.admin;

import dev.mehari.caller.KeyFields;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.NewKey;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.security.SecureRandom;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/keys} with 201 and the new key, this once with its text in {@code key}; 400 with the field for what
 * cannot be; named {@code createKey}.
 */
public final class CreateKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;
    private final Clock clock;
    private final SecureRandom random;

    public CreateKey(KeyRegistry keys, Clock clock, SecureRandom random) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
        this.clock = clock;
        this.random = random;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        KeyFields fields = KeyForm.create(AdminBody.of(exchange).object(), clock.instant());
        NewKey key = NewKey.random(random);
        AdminAnswer.put(exchange, 201, answers.json(keys.create(key, fields)).put("key", key.key()));
    }
}
