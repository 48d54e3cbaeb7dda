package dev.mehari.admin;

import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Answers {@code DELETE /api/keys/{id}/purge} with the key as it was before it was removed for good; 400 for one that is not
 * deleted; named {@code purgeKey}.
 */
public final class PurgeKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public PurgeKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        AdminAnswer.put(exchange, 200, answers.json(keys.purge(request.id())));
    }
}
