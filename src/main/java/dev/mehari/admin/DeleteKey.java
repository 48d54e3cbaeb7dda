package dev.mehari.admin;

import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Answers {@code DELETE /api/keys/{id}} with the key, now deleted and refused, its name free again; named {@code deleteKey}.
 * {@link RestoreKey} takes it back.
 */
public final class DeleteKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public DeleteKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        AdminAnswer.put(exchange, 200, answers.json(keys.delete(request.id())));
    }
}
