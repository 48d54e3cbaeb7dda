package dev.mehari.admin;

import dev.mehari.caller.KeyEntry;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import org.apache.camel.Exchange;

/** Answers {@code GET /api/keys/{id}} with one key, deleted or not, 404 when there is none; named {@code showKey}. */
public final class ShowKey extends AdminResource {
    private final KeyRegistry keys;
    private final KeyAnswers answers;

    public ShowKey(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        answers = new KeyAnswers(clock);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        KeyEntry key = keys.get(request.id()).orElseThrow(AdminRefusal::unknownKey);
        AdminAnswer.put(exchange, 200, answers.json(key));
    }
}
