package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Answers {@code PATCH /api/keys/{id}} with the key as it is now: what the body gives has changed, null has reset, the rest is
 * as it was. 400 with the field for what cannot be, and nothing has changed; named {@code editKey}.
 */
public final class EditKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;
    private final Clock clock;

    public EditKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
        this.clock = clock;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        long id = request.id();
        ObjectNode body = AdminBody.of(exchange).object();
        AdminAnswer.put(
                exchange, 200, answers.json(keys.edit(id, before -> KeyForm.edit(body, before, clock.instant()))));
    }
}
