package dev.mehari.admin;

import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/keys/{id}/restore} with the key, no longer deleted; 400 when another key has its name by now;
 * named {@code restoreKey}.
 */
public final class RestoreKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public RestoreKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        AdminAnswer.put(exchange, 200, answers.json(keys.restore(request.id())));
    }
}
